// To another element type. To an integer type: truncated toward zero, saturated at the type's ends,
// NaN to 0; to bool: whether it is not 0. Between float types values stay as they are.
#include "compiler/reference/Integers.h"
#include "compiler/reference/Ops.h"

namespace cnnc::reference::ops {

template <typename T> Tensor<T> cast(const OpDescription &op, const Operands<T> &operands) {
  Tensor<T> result = *operands[0];
  if (!isFloat(op.result.elementType))
    for (T &value : result.values)
      value = static_cast<T>(saturate(op.result.elementType, value));
  return result;
}

REFERENCE_INSTANTIATE(cast)

} // namespace cnnc::reference::ops
