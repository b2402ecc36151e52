// Dims in another order: dim i of the result is dim permutation[i] of the input.
#include "compiler/reference/Gather.h"
#include "compiler/reference/Ops.h"

namespace cnnc::reference::ops {

template <typename T> Tensor<T> transpose(const OpDescription &op, const Operands<T> &operands) {
  OffsetTable identity = identityTable(*operands[0]), table;
  for (int64_t dim : op.getInts("permutation"))
    table.push_back(identity[static_cast<size_t>(dim)]);
  return gather(*operands[0], table);
}

REFERENCE_INSTANTIATE(transpose)

} // namespace cnnc::reference::ops
