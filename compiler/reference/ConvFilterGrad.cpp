#include "compiler/reference/Ops.h"
#include "compiler/reference/Window.h"

namespace cnnc::reference::ops {

template <typename T>
Tensor<T> conv_filter_grad(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &input = *operands[0], &gradient = *operands[1];
  int64_t groups = op.getInt("groups"), channels = input.shape[1] / groups,
          outputs = gradient.shape[1];
  OpDescription window = op;
  window.attributes["auto_pad"] = std::string("explicit");
  auto dims = windowDims(window, input.shape, op.getInts("kernel_shape"));
  auto taps = tapRows(dims);
  Shape shape = {outputs, channels};
  shape.insert(shape.end(), op.getInts("kernel_shape").begin(), op.getInts("kernel_shape").end());
  Tensor<double> result(shape);
  double *w = result.data();
  for (int64_t k = 0; k < outputs; ++k)
    for (int64_t c = 0; c < channels; ++c)
      for (const std::vector<Row> &rows : taps) {
        for (int64_t n = 0; n < input.shape[0]; ++n) {
          const T *x = input.data() + (n * input.shape[1] + k / (outputs / groups) * channels + c) *
                                          inputPlane(dims);
          const T *g = gradient.data() + (n * outputs + k) * outputPlane(dims);
          for (const Row &row : rows)
            for (int64_t i = 0; i < row.count; ++i)
              *w += static_cast<double>(g[row.output + i]) * x[row.input + i * dims.back().stride];
        }
        ++w;
      }
  return {result.shape, std::vector<T>(result.values.begin(), result.values.end())};
}

REFERENCE_INSTANTIATE(conv_filter_grad)

} // namespace cnnc::reference::ops
