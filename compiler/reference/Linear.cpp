// A dense layer over the last dim: y[..., m] = bias[m] + sum over k of x[..., k] * weight[m, k].
#include "compiler/reference/Ops.h"

#include <numeric>

namespace cnnc::reference::ops {

template <typename T> Tensor<T> linear(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &input = *operands[0], &weight = *operands[1];
  int64_t rows = weight.shape[0], length = weight.shape[1];
  assert(input.shape.back() == length && "last dim of the input and the weight's differ");
  Tensor<T> result;
  result.shape = input.shape;
  result.shape.back() = rows;
  for (const T *x = input.data(); x != input.data() + input.size(); x += length)
    for (int64_t m = 0; m < rows; ++m) {
      double bias = operands.size() > 2 ? operands[2]->values[static_cast<size_t>(m)] : 0;
      const T *w = weight.data() + m * length;
      result.values.push_back(static_cast<T>(std::inner_product(x, x + length, w, bias)));
    }
  return result;
}

REFERENCE_INSTANTIATE(linear)

} // namespace cnnc::reference::ops
