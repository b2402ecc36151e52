// Softmax along one dim: y = exp(t*x) / sum of exp(t*x), t the (inverse) temperature, and its
// logarithm. The largest t*x is subtracted first, which changes nothing but keeps exp in range.
#include "compiler/reference/Ops.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cnnc::reference::ops {

/// The logarithm of the softmax of `length` elements that lie `stride` apart.
static void logSoftmaxLine(double *y, int64_t length, int64_t stride, double t) {
  double largest = -std::numeric_limits<double>::infinity(), sum = 0;
  for (int64_t i = 0; i < length; ++i)
    largest = std::max(largest, t * y[i * stride]);
  for (int64_t i = 0; i < length; ++i)
    sum += std::exp(t * y[i * stride] - largest);
  for (int64_t i = 0; i < length; ++i)
    y[i * stride] = t * y[i * stride] - largest - std::log(sum);
}

template <typename T>
static Tensor<double> logSoftmax(const Tensor<T> &input, size_t axis, double temperature) {
  Tensor<double> result(input.shape, {input.values.begin(), input.values.end()});
  int64_t length = result.shape[axis], stride = product(result.shape, axis + 1, result.rank());
  for (int64_t outer = 0; outer < product(result.shape, 0, axis); ++outer)
    for (int64_t inner = 0; inner < stride; ++inner)
      logSoftmaxLine(result.data() + outer * length * stride + inner, length, stride, temperature);
  return result;
}

template <typename T> Tensor<T> softmax(const OpDescription &op, const Operands<T> &operands) {
  size_t axis = static_cast<size_t>(op.getInt("axis"));
  Tensor<double> logs = logSoftmax(*operands[0], axis, op.getFloat("temperature"));
  Tensor<T> result(logs.shape);
  std::transform(logs.values.begin(), logs.values.end(), result.values.begin(),
                 [](double log) { return static_cast<T>(std::exp(log)); });
  return result;
}

template <typename T> Tensor<T> log_softmax(const OpDescription &op, const Operands<T> &operands) {
  Tensor<double> logs = logSoftmax(*operands[0], static_cast<size_t>(op.getInt("axis")), 1);
  return {logs.shape, std::vector<T>(logs.values.begin(), logs.values.end())};
}

REFERENCE_INSTANTIATE(softmax)
REFERENCE_INSTANTIATE(log_softmax)

} // namespace cnnc::reference::ops
