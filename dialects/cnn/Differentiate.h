// Gradients of a scalar, made of `cnn` ops: reverse-mode differentiation.
#pragma once

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace cnnc::cnn {

/// Builds the gradients of `scalar`, a tensor of one element, with respect to `values`: null where
/// it does not depend on one. All must be of the block that `builder` is at the end of, and what is
/// between them Differentiable; what makes the values themselves need not be. What is built but not
/// needed for the result is for CSE and canonicalization to drop. Fails with a diagnostic.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
buildGradients(mlir::OpBuilder &builder, mlir::Value scalar, llvm::ArrayRef<mlir::Value> values);

/// Zeros of a type: the gradient of what has no influence.
mlir::Value buildZeros(mlir::OpBuilder &builder, mlir::Location location,
                       mlir::RankedTensorType type);

} // namespace cnnc::cnn
