// Matrix product as numpy's matmul: y[..., i, j] = sum over k of a[..., i, k] * b[..., k, j].
// The dims before the last two are batches and broadcast; a vector on the left is a row, on the
// right a column, and its dim is gone from the result.
#include "compiler/reference/Broadcast.h"
#include "compiler/reference/Ops.h"

#include <algorithm>

namespace cnnc::reference::ops {

/// Offsets of the matrices of an operand for each batch of the result.
static std::vector<int64_t> matrixOffsets(const Shape &operand, const Shape &batches) {
  Shape own(operand.begin(), operand.end() - 2);
  Shape strides(own.size(), operand[own.size()] * operand[own.size() + 1]);
  for (size_t dim = own.size(); dim-- > 1;)
    strides[dim - 1] = strides[dim] * own[dim];
  std::vector<int64_t> offsets;
  walk(broadcastTable(own, strides, batches), [&](int64_t offset) { offsets.push_back(offset); });
  return offsets;
}

/// y = a b for matrices a[rows, depth] and b[depth, columns].
template <typename T>
static void multiply(const T *a, const T *b, int64_t rows, int64_t depth, int64_t columns, T *y) {
  std::vector<double> sum(static_cast<size_t>(columns));
  for (int64_t i = 0; i < rows; ++i) {
    std::fill(sum.begin(), sum.end(), 0);
    for (int64_t k = 0; k < depth; ++k) {
      double factor = a[i * depth + k];
      const T *row = b + k * columns;
      for (int64_t j = 0; j < columns; ++j)
        sum[static_cast<size_t>(j)] += factor * row[j];
    }
    y = std::copy(sum.begin(), sum.end(), y);
  }
}

template <typename T> Tensor<T> matmul(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &a = *operands[0], &b = *operands[1];
  Shape left = a.shape, right = b.shape;
  if (a.rank() == 1)
    left.insert(left.begin(), 1);
  if (b.rank() == 1)
    right.push_back(1);
  int64_t rows = left.end()[-2], depth = left.end()[-1], columns = right.end()[-1];
  assert(right.end()[-2] == depth && "columns of the left matrix and rows of the right one differ");
  Shape batches =
      broadcastShape(Shape(left.begin(), left.end() - 2), Shape(right.begin(), right.end() - 2));

  Tensor<T> result(Shape{product(batches, 0, batches.size()), rows, columns});
  auto leftOffsets = matrixOffsets(left, batches), rightOffsets = matrixOffsets(right, batches);
  for (size_t i = 0; i < leftOffsets.size(); ++i)
    multiply(a.data() + leftOffsets[i], b.data() + rightOffsets[i], rows, depth, columns,
             result.data() + static_cast<int64_t>(i) * rows * columns);

  result.shape = batches;
  if (a.rank() > 1)
    result.shape.push_back(rows);
  if (b.rank() > 1)
    result.shape.push_back(columns);
  return result;
}

REFERENCE_INSTANTIATE(matmul)

} // namespace cnnc::reference::ops
