// The loss of a network that is not being trained: of samples that it has not learnt from.
#pragma once

#include "mlir/IR/BuiltinOps.h"

namespace cnnc {

/// Has the network of a module, as a frontend left it, take the targets behind its inputs and
/// return its loss behind its outputs. The module must have a loss (getLoss).
void addLossOutput(mlir::ModuleOp module);

} // namespace cnnc
