// Transposed convolution, in any number of spatial dims: each element of the input adds the filter,
// times itself, to the result. Per input channel c and output channel o of its group,
//
//   y[n, o, p*stride + k*dilation - pad] += filter[c, o, k] * x[n, c, p]
//
// on top of bias[o]. That is conv with input and output exchanged: p runs over the windows of a
// convolution of y, so the rows of its taps (Window.h) are walked the other way.
#include "compiler/reference/Ops.h"
#include "compiler/reference/Window.h"

#include <algorithm>

namespace cnnc::reference::ops {

/// The windows of a convolution whose input is the result of this op.
static std::vector<WindowDim> windowsOfResult(const OpDescription &op, const Shape &input,
                                              const Shape &filter) {
  const std::string &autoPad = op.getString("auto_pad");
  std::vector<WindowDim> dims;
  for (size_t s = 0, spatial = filter.size() - 2; s < spatial; ++s) {
    WindowDim dim{0,
                  input[s + 2],
                  filter[s + 2],
                  op.getInts("strides")[s],
                  op.getInts("dilations")[s],
                  op.getInts("pads")[s],
                  op.getInts("pads")[s + spatial]};
    int64_t whole = (dim.output - 1) * dim.stride + (dim.kernel - 1) * dim.dilation + 1 +
                    op.getInts("output_padding")[s];
    if (autoPad != "explicit") {
      int64_t total = std::max<int64_t>(whole - dim.output * dim.stride, 0);
      dim.padBegin = autoPad == "same" ? total / 2 : (total + 1) / 2;
      dim.padEnd = total - dim.padBegin;
      whole = std::max(whole, dim.output * dim.stride);
    }
    dim.input = whole - dim.padBegin - dim.padEnd;
    assert(dim.input > 0 && "the pads leave nothing of the result");
    dims.push_back(dim);
  }
  return dims;
}

template <typename T>
Tensor<T> conv_transpose(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &input = *operands[0], &filter = *operands[1];
  auto dims = windowsOfResult(op, input.shape, filter.shape);
  auto taps = tapRows(dims);
  int64_t inputs = input.shape[1], groups = op.getInt("groups"), perGroup = filter.shape[1],
          outputs = perGroup * groups, stride = dims.back().stride;
  Shape shape{input.shape[0], outputs};
  for (const WindowDim &dim : dims)
    shape.push_back(dim.input);

  Tensor<T> result(shape);
  std::vector<double> sum(static_cast<size_t>(inputPlane(dims)));
  T *y = result.data();
  for (int64_t n = 0; n < input.shape[0]; ++n)
    for (int64_t o = 0; o < outputs; ++o) {
      std::fill(sum.begin(), sum.end(),
                operands.size() > 2 ? operands[2]->values[static_cast<size_t>(o)] : 0);
      int64_t group = o / perGroup, channels = inputs / groups;
      for (int64_t c = group * channels; c < (group + 1) * channels; ++c) {
        const T *x = input.data() + (n * inputs + c) * outputPlane(dims);
        const T *weight = filter.data() + (c * perGroup + o % perGroup) * numTaps(dims);
        for (const std::vector<Row> &rows : taps) {
          double w = *weight++;
          for (const Row &row : rows)
            for (int64_t i = 0; i < row.count; ++i)
              sum[static_cast<size_t>(row.input + i * stride)] += w * x[row.output + i];
        }
      }
      y = std::copy(sum.begin(), sum.end(), y);
    }
  return result;
}

REFERENCE_INSTANTIATE(conv_transpose)

} // namespace cnnc::reference::ops
