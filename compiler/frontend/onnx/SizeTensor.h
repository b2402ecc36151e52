// Integers that the importer computes with: the shape arithmetic that exporters leave in a file.
//
// Shape, Gather, Concat and their like never reach the network. They are evaluated while importing,
// on small tensors whose elements are expressions of the network's symbolic sizes, until a Reshape
// or a Slice takes them.
#pragma once

#include "dialects/cnn/Sizes.h"

namespace cnnc::onnximport {

using cnn::Size;

/// A tensor of sizes in row-major order; a scalar has the shape {}.
struct SizeTensor {
  llvm::SmallVector<int64_t> shape;
  std::vector<Size> values;

  int64_t rank() const { return static_cast<int64_t>(shape.size()); }
  /// The element at an index, one coordinate per dim.
  Size at(llvm::ArrayRef<int64_t> index) const;
};

/// No tensor of sizes is larger: what would be is not shape arithmetic.
constexpr int64_t maxSizeTensorElements = 1 << 16;

/// The number of elements of a tensor of sizes, or none where it would be too many.
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> shape);

/// The tensor of this shape whose element at each index is `element(index)`.
SizeTensor generate(llvm::ArrayRef<int64_t> shape,
                    llvm::function_ref<Size(llvm::ArrayRef<int64_t>)> element);

/// All elements as numbers, or none where one is symbolic.
std::optional<llvm::SmallVector<int64_t>> known(const SizeTensor &tensor);

/// The product of sizes.
Size product(llvm::ArrayRef<Size> sizes, mlir::MLIRContext *context);

/// a / b, for a division that the network promises to leave nothing over: common factors cancel, so
/// that (N * 25088) / N is 25088. None where it can not come out even, or b is 0.
std::optional<Size> divideEvenly(Size a, Size b);

/// a / b as integers divide in ONNX: numbers towards zero, symbolic sizes (which are positive)
/// down. None where b is 0.
std::optional<Size> divide(Size a, Size b);

} // namespace cnnc::onnximport
