// Parts of a tensor: every step-th element of a range in each dim (slice), or dims read backward
// (flip).
#include "compiler/reference/Gather.h"
#include "compiler/reference/Ops.h"

#include <algorithm>

namespace cnnc::reference::ops {

template <typename T> Tensor<T> slice(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &input = *operands[0];
  OffsetTable table;
  for (size_t dim = 0; dim < input.rank(); ++dim) {
    int64_t start = op.getInts("starts")[dim], step = op.getInts("steps")[dim];
    int64_t end = std::min(op.getInts("ends")[dim], input.shape[dim]);
    int64_t count = std::max<int64_t>((end - start + step - 1) / step, 0);
    int64_t stride = input.strides()[dim];
    table.push_back(countBy(count, start * stride, step * stride));
  }
  return gather(input, table);
}

template <typename T> Tensor<T> flip(const OpDescription &op, const Operands<T> &operands) {
  OffsetTable table = identityTable(*operands[0]);
  for (int64_t axis : op.getInts("axes"))
    std::reverse(table[static_cast<size_t>(axis)].begin(), table[static_cast<size_t>(axis)].end());
  return gather(*operands[0], table);
}

REFERENCE_INSTANTIATE(slice)
REFERENCE_INSTANTIATE(flip)

} // namespace cnnc::reference::ops
