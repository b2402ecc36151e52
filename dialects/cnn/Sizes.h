// Sizes of tensors, known or symbolic, and the tensor types that carry them.
//
// A size is an AffineExpr over the network's symbolic sizes: s0 for the first name in the
// function's `cnn.sizes`, and so on. A tensor type with symbolic sizes has them in its encoding, as
// an affine map from the symbols to the dims; one with known sizes has no encoding.
#pragma once

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/BuiltinTypes.h"

namespace cnnc::cnn {

using Size = mlir::AffineExpr;

/// The sizes of all dims of `type`.
llvm::SmallVector<Size> sizesOf(mlir::RankedTensorType type);
inline llvm::SmallVector<Size> sizesOf(mlir::Value value) {
  return sizesOf(llvm::cast<mlir::RankedTensorType>(value.getType()));
}

/// The one tensor type with these sizes.
mlir::RankedTensorType tensorOf(llvm::ArrayRef<Size> sizes, mlir::Type elementType);

/// The size as a number, or none where it is symbolic.
std::optional<int64_t> known(Size size);

/// a / b rounded up, written so that equal sizes get equal expressions: (a + b - 1) floordiv b.
Size divideUp(Size a, int64_t b);

/// size * factor + more, written so that equal sizes get equal expressions.
Size resized(Size size, int64_t factor, int64_t more);

/// True where all numbers of a list are `expected`: no padding, strides of 1.
bool allEqual(llvm::ArrayRef<int64_t> values, int64_t expected);

/// True where the sizes are equal, or are as soon as the symbolic ones can be divided by whatever
/// they are divided by: s0 and (s0 floordiv 2) * 2. Whether they are is then checked at run time.
bool equalIfDivisible(Size a, Size b);

/// "1x3x(s0 floordiv 2)": for messages.
std::string toString(llvm::ArrayRef<Size> sizes);
std::string toString(mlir::RankedTensorType type);

} // namespace cnnc::cnn
