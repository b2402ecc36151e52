// Broadcasting as numpy does it: shapes are aligned at their last dim, and a dim of 1, or one that
// is missing, repeats.
#pragma once

#include "compiler/reference/Gather.h"

#include <algorithm>

namespace cnnc::reference {

/// The shape that two shapes broadcast to.
inline Shape broadcastShape(const Shape &a, const Shape &b) {
  Shape result(std::max(a.size(), b.size()), 1);
  for (size_t fromEnd = 1; fromEnd <= result.size(); ++fromEnd) {
    int64_t da = fromEnd <= a.size() ? a[a.size() - fromEnd] : 1;
    int64_t db = fromEnd <= b.size() ? b[b.size() - fromEnd] : 1;
    assert((da == db || da == 1 || db == 1) && "shapes do not broadcast");
    result[result.size() - fromEnd] = da == 1 ? db : da;
  }
  return result;
}

/// How a tensor of shape `from` with these strides is read when it is broadcast to `to`.
inline OffsetTable broadcastTable(const Shape &from, const Shape &strides, const Shape &to) {
  OffsetTable table;
  size_t missing = to.size() - from.size();
  for (size_t dim = 0; dim < to.size(); ++dim) {
    bool repeats = dim < missing || from[dim - missing] == 1;
    table.push_back(countBy(to[dim], 0, repeats ? 0 : strides[dim - missing]));
  }
  return table;
}

/// The tensor repeated to the shape.
template <typename T> Tensor<T> broadcastTo(const Tensor<T> &input, const Shape &shape) {
  return gather(input, broadcastTable(input.shape, input.strides(), shape));
}

} // namespace cnnc::reference
