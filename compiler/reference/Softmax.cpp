// Softmax along one dim: y = exp(t*x) / sum of exp(t*x), t the (inverse) temperature. The largest
// t*x is subtracted first, which changes nothing but keeps exp in range.
#include "compiler/reference/Ops.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cnnc::reference::ops {

/// Softmax of `length` elements that lie `stride` apart.
template <typename T> static void softmaxLine(T *y, int64_t length, int64_t stride, double t) {
  double largest = -std::numeric_limits<double>::infinity(), sum = 0;
  for (int64_t i = 0; i < length; ++i)
    largest = std::max(largest, t * y[i * stride]);
  for (int64_t i = 0; i < length; ++i)
    sum += std::exp(t * y[i * stride] - largest);
  for (int64_t i = 0; i < length; ++i)
    y[i * stride] = static_cast<T>(std::exp(t * y[i * stride] - largest) / sum);
}

template <typename T> Tensor<T> softmax(const OpDescription &op, const Operands<T> &operands) {
  Tensor<T> result = *operands[0];
  size_t axis = static_cast<size_t>(op.getInt("axis"));
  int64_t length = result.shape[axis], stride = product(result.shape, axis + 1, result.rank());
  double temperature = op.getFloat("temperature");
  for (int64_t outer = 0; outer < product(result.shape, 0, axis); ++outer)
    for (int64_t inner = 0; inner < stride; ++inner)
      softmaxLine(result.data() + outer * length * stride + inner, length, stride, temperature);
  return result;
}

REFERENCE_INSTANTIATE(softmax)

} // namespace cnnc::reference::ops
