// The gradient of a convolution with respect to its filter, in any number of spatial dims. Per
// output channel o, and its group's channels c:
//
//   dw[o, c, k] = sum over n, p of gradient[n, o, p] * x[n, c, p*stride + k*dilation - pad]
//
// p runs over the elements of the gradient, each of which belongs to a window, and x is 0 outside:
// for each tap the products of the gradient and a shifted picture, added up along its rows.
#include "compiler/reference/Ops.h"
#include "compiler/reference/Window.h"

namespace cnnc::reference::ops {

/// The windows that made the gradient. How many there are is its size.
static std::vector<WindowDim> windowsOfGradient(const OpDescription &op, const Shape &input,
                                                const Shape &gradient) {
  std::vector<WindowDim> dims;
  for (size_t s = 0, spatial = input.size() - 2; s < spatial; ++s)
    dims.push_back({input[s + 2], gradient[s + 2], op.getInts("kernel_shape")[s],
                    op.getInts("strides")[s], op.getInts("dilations")[s], op.getInts("pads")[s],
                    op.getInts("pads")[s + spatial]});
  return dims;
}

/// The sum of the products of a plane of the gradient and one of the input, shifted by a tap.
template <typename T>
static double correlate(const std::vector<Row> &rows, const T *gradient, const T *x,
                        int64_t stride) {
  double sum = 0;
  for (const Row &row : rows)
    for (int64_t i = 0; i < row.count; ++i)
      sum += double(gradient[row.output + i]) * x[row.input + i * stride];
  return sum;
}

template <typename T>
Tensor<T> conv_filter_grad(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &input = *operands[0], &gradient = *operands[1];
  auto dims = windowsOfGradient(op, input.shape, gradient.shape);
  auto taps = tapRows(dims);
  int64_t outputs = gradient.shape[1], groups = op.getInt("groups"),
          channels = input.shape[1] / groups;
  Shape shape{outputs, channels};
  for (const WindowDim &dim : dims)
    shape.push_back(dim.kernel);

  Tensor<T> result(shape);
  T *y = result.data();
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t c = o / (outputs / groups) * channels, last = c + channels; c < last; ++c)
      for (const std::vector<Row> &rows : taps) {
        double sum = 0;
        for (int64_t n = 0; n < input.shape[0]; ++n)
          sum += correlate(rows, gradient.data() + (n * outputs + o) * outputPlane(dims),
                           input.data() + (n * input.shape[1] + c) * inputPlane(dims),
                           dims.back().stride);
        *y++ = static_cast<T>(sum);
      }
  return result;
}

REFERENCE_INSTANTIATE(conv_filter_grad)

} // namespace cnnc::reference::ops
