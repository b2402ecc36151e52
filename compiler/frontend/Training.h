// How a network is to be trained, as `.cnn` and the C++ builder say it.
#pragma once

#include "compiler/frontend/Arguments.h"
#include "dialects/cnn/Optimizers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace cnnc {

/// The optimizer `name` with its arguments, numbers or flags, by position or by name. Fails with a
/// diagnostic at the argument in question, or at `location`.
mlir::FailureOr<cnn::OptimizerSettings> readOptimizer(const std::string &name,
                                                      llvm::ArrayRef<CallArgument> arguments,
                                                      mlir::Location location);

/// Marks parameters of `network` as frozen: those whose names are in the list `names`, separated by
/// commas, where `*` stands for any letters. Fails with a diagnostic at `location` where an entry
/// of the list is no parameter's name.
mlir::LogicalResult freezeParameters(mlir::func::FuncOp network, llvm::StringRef names,
                                     mlir::Location location);

/// Checks that `loss` is a single f32. Fails with a diagnostic at `location`, which calls sizes by
/// `sizeNames`.
mlir::LogicalResult checkLoss(mlir::Value loss, llvm::ArrayRef<std::string> sizeNames,
                              mlir::Location location);

} // namespace cnnc
