// The function that a step of the optimizer is.
#pragma once

#include "compiler/passes/ParameterLayout.h"

namespace cnnc {

/// Appends `@NAME_update` to the module: from gradients to new parameters, statistics and state, in
/// place. Each range of the blocks is one tensor.
mlir::func::FuncOp buildUpdate(mlir::ModuleOp module, mlir::Location location, llvm::StringRef name,
                               const ParameterLayout &layout,
                               const cnn::OptimizerSettings &optimizer);

} // namespace cnnc
