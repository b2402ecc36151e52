// Batch normalisation with given statistics, per channel c:
//   y[n, c, p] = scale[c] * (x[n, c, p] - mean[c]) / sqrt(variance[c] + epsilon) + bias[c]
#include "compiler/reference/Ops.h"

#include <cmath>

namespace cnnc::reference::ops {

template <typename T> Tensor<T> batch_norm(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &scale = *operands[1], &bias = *operands[2];
  const Tensor<T> &mean = *operands[3], &variance = *operands[4];
  double epsilon = op.getFloat("epsilon");
  Tensor<T> result = *operands[0];
  int64_t batch = result.shape[0], channels = result.shape[1];
  int64_t plane = product(result.shape, 2, result.rank());
  T *y = result.data();
  for (int64_t n = 0; n < batch; ++n)
    for (size_t c = 0; c < static_cast<size_t>(channels); ++c) {
      double deviation = std::sqrt(double(variance.values[c]) + epsilon);
      double middle = mean.values[c], factor = scale.values[c], offset = bias.values[c];
      for (int64_t p = 0; p < plane; ++p, ++y)
        *y = static_cast<T>(factor * (*y - middle) / deviation + offset);
    }
  return result;
}

REFERENCE_INSTANTIATE(batch_norm)

} // namespace cnnc::reference::ops
