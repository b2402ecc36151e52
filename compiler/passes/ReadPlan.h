// The end of the MLIR part: a module after plan-memory as plain data for code generation.
#pragma once

#include "compiler/codegen/NetworkPlan.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace cnnc {

/// The plan of the network, whose calls are its kernel.fused ops in order. Packs the weights. The
/// module must have been through every stage up to plan-memory, for this target.
NetworkPlan readPlan(mlir::func::FuncOp network, const Target &target);

/// `name` as a C identifier: other characters become '_', a leading digit gets one before it.
std::string toIdentifier(llvm::StringRef name);

} // namespace cnnc
