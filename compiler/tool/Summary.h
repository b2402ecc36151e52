// The table of `cnnc show --summary`.
#pragma once

#include "mlir/IR/BuiltinOps.h"

#include "llvm/Support/raw_ostream.h"

namespace cnnc {

/// A row per op of the network as read: result, filter, parameters, multiply-adds (at the typical
/// sizes) and receptive field; then the sums.
void printSummary(mlir::ModuleOp module, llvm::raw_ostream &os);

} // namespace cnnc
