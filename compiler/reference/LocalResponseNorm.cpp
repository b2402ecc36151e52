// Local response normalisation: with lo = (size - 1) / 2, rounded down, and hi = size - 1 - lo,
//   y[n, c, p] = x[n, c, p] / (bias + alpha / size * sum of x[n, k, p]^2)^beta
// over the channels k from c - lo to c + hi that there are.
#include "compiler/reference/Ops.h"

#include <algorithm>
#include <cmath>

namespace cnnc::reference::ops {

template <typename T>
Tensor<T> local_response_norm(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &x = *operands[0];
  int64_t channels = x.shape[1], plane = product(x.shape, 2, x.rank());
  int64_t size = op.getInt("size"), lo = (size - 1) / 2, hi = size - 1 - lo;
  double factor = op.getFloat("alpha") / static_cast<double>(size);
  Tensor<T> result(x.shape);
  for (int64_t n = 0; n < x.shape[0]; ++n)
    for (int64_t c = 0; c < channels; ++c)
      for (int64_t p = 0; p < plane; ++p) {
        const T *pixel = x.data() + n * channels * plane + p;
        double sum = 0;
        for (int64_t k = std::max<int64_t>(c - lo, 0); k <= std::min(c + hi, channels - 1); ++k)
          sum += static_cast<double>(pixel[k * plane]) * pixel[k * plane];
        double base = op.getFloat("bias") + factor * sum;
        result.data()[(n * channels + c) * plane + p] =
            static_cast<T>(pixel[c * plane] / std::pow(base, op.getFloat("beta")));
      }
  return result;
}

REFERENCE_INSTANTIATE(local_response_norm)

} // namespace cnnc::reference::ops
