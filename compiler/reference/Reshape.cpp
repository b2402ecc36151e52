// The same values, in row-major order, under another shape; and repeated to a larger one.
#include "compiler/reference/Broadcast.h"
#include "compiler/reference/Ops.h"

namespace cnnc::reference::ops {

template <typename T> Tensor<T> reshape(const OpDescription &op, const Operands<T> &operands) {
  assert(op.result.isStatic() && "reshape to a run-time size that was not given");
  return {op.result.shape, operands[0]->values};
}

/// To a matrix: the dims before `axis`, and those from it on.
template <typename T> Tensor<T> flatten(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &input = *operands[0];
  size_t axis = static_cast<size_t>(op.getInt("axis"));
  assert(axis <= input.rank() && "flatten at a dim that is not there");
  return {{product(input.shape, 0, axis), product(input.shape, axis, input.rank())}, input.values};
}

template <typename T> Tensor<T> expand(const OpDescription &op, const Operands<T> &operands) {
  assert(op.result.isStatic() && "expand to a run-time size that was not given");
  return broadcastTo(*operands[0], op.result.shape);
}

REFERENCE_INSTANTIATE(expand)
REFERENCE_INSTANTIATE(reshape)
REFERENCE_INSTANTIATE(flatten)

} // namespace cnnc::reference::ops
