// Tensors one after the other along one dim; all other dims are equal.
#include "compiler/reference/Ops.h"

#include <algorithm>

namespace cnnc::reference::ops {

template <typename T> Tensor<T> concat(const OpDescription &op, const Operands<T> &operands) {
  size_t axis = static_cast<size_t>(op.getInt("axis"));
  Shape shape = operands[0]->shape;
  shape[axis] = 0;
  for (const Tensor<T> *operand : operands)
    shape[axis] += operand->shape[axis];

  Tensor<T> result(shape);
  T *y = result.data();
  for (int64_t outer = 0; outer < product(shape, 0, axis); ++outer)
    for (const Tensor<T> *operand : operands) {
      int64_t length = product(operand->shape, axis, operand->rank());
      y = std::copy_n(operand->data() + outer * length, length, y);
    }
  return result;
}

REFERENCE_INSTANTIATE(concat)

} // namespace cnnc::reference::ops
