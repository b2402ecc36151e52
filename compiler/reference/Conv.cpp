// Convolution, in any number of spatial dims. Per output channel o, and its group's channels c:
//
//   conv:       y[n, o, p] = bias[o] + sum over c, k of filter[o, c, k] * x[n, c, p*stride +
//   k*dilation - pad] true_conv:  the same with the filter flipped in every spatial dim: filter[o,
//   c, -k]
//
// p runs over the positions of the output, k over the taps of the filter, x is 0 outside. The loops
// have the taps outside and the positions inside: y is the sum of shifted and weighted pictures.
#include "compiler/reference/Gather.h"
#include "compiler/reference/Ops.h"
#include "compiler/reference/Window.h"

#include <algorithm>

namespace cnnc::reference::ops {

/// sum[p] += weight * x[p shifted by a tap], for the positions of the tap's rows.
template <typename T>
static void addShifted(const std::vector<Row> &rows, double weight, const T *x, int64_t stride,
                       double *sum) {
  for (const Row &row : rows) {
    double *to = sum + row.output;
    const T *from = x + row.input;
    for (int64_t i = 0; i < row.count; ++i)
      to[i] += weight * from[i * stride];
  }
}

template <typename T>
static Tensor<T> convolve(const OpDescription &op, const Tensor<T> &input, const Tensor<T> &filter,
                          const Tensor<T> *bias) {
  int64_t batch = input.shape[0], outputs = filter.shape[0], channels = filter.shape[1];
  int64_t outputsPerGroup = outputs / op.getInt("groups");
  assert(input.shape[1] == channels * op.getInt("groups") && "channels of input and filter differ");
  auto dims = windowDims(op, input.shape, Shape(filter.shape.begin() + 2, filter.shape.end()));
  auto taps = tapRows(dims);
  int64_t stride = dims.back().stride, inputSize = inputPlane(dims);

  Tensor<T> result(windowResultShape(batch, outputs, dims));
  std::vector<double> sum(static_cast<size_t>(outputPlane(dims)));
  T *y = result.data();
  for (int64_t n = 0; n < batch; ++n)
    for (int64_t o = 0; o < outputs; ++o) {
      const T *x = input.data() + (n * input.shape[1] + o / outputsPerGroup * channels) * inputSize;
      const T *weight = filter.data() + o * filter.size() / outputs;
      std::fill(sum.begin(), sum.end(), bias ? bias->values[static_cast<size_t>(o)] : 0);
      for (int64_t c = 0; c < channels; ++c)
        for (const std::vector<Row> &rows : taps)
          addShifted(rows, *weight++, x + c * inputSize, stride, sum.data());
      y = std::copy(sum.begin(), sum.end(), y);
    }
  return result;
}

/// The filter with every spatial dim reversed.
template <typename T> static Tensor<T> flipFilter(const Tensor<T> &filter) {
  OffsetTable table = identityTable(filter);
  for (size_t dim = 2; dim < filter.rank(); ++dim)
    std::reverse(table[dim].begin(), table[dim].end());
  return gather(filter, table);
}

template <typename T> Tensor<T> conv(const OpDescription &op, const Operands<T> &operands) {
  return convolve(op, *operands[0], *operands[1], operands.size() > 2 ? operands[2] : nullptr);
}

template <typename T> Tensor<T> true_conv(const OpDescription &op, const Operands<T> &operands) {
  Tensor<T> flipped = flipFilter(*operands[1]);
  return convolve(op, *operands[0], flipped, operands.size() > 2 ? operands[2] : nullptr);
}

REFERENCE_INSTANTIATE(conv)
REFERENCE_INSTANTIATE(true_conv)

} // namespace cnnc::reference::ops
