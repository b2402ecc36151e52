// Sliding windows, shared by convolution and pooling, in any number of spatial dims.
//
// Output o of a dim looks through tap k of the window at input o*stride + k*dilation - padBegin, if
// there is such an input. Seen from the taps, a window op is a sum (or maximum) of shifted
// pictures, one per tap, and a shifted picture is a list of rows: that is the form the ops loop
// over.
#pragma once

#include "compiler/reference/Tensor.h"
#include "compiler/support/OpDescription.h"

namespace cnnc::reference {

/// The window along one spatial dim. All in elements.
struct WindowDim {
  int64_t input, output, kernel, stride, dilation, padBegin, padEnd;
};

/// The window's spatial dims for an op with the attributes of a window op (strides, dilations,
/// pads, auto_pad, and ceil_mode where it has one). `input` is N, C, then space; `kernel` space
/// only.
std::vector<WindowDim> windowDims(const OpDescription &op, const Shape &input, const Shape &kernel);

/// N, `channels`, then the output's extents.
Shape windowResultShape(int64_t batch, int64_t channels, const std::vector<WindowDim> &dims);

/// Elements of one plane of the input, of one plane of the output, and taps of the window.
int64_t inputPlane(const std::vector<WindowDim> &dims);
int64_t outputPlane(const std::vector<WindowDim> &dims);
int64_t numTaps(const std::vector<WindowDim> &dims);

/// A run along the last dim: output + i looks at input + i*stride, for 0 <= i < count. Both are
/// offsets into a plane, stride is that of the last dim.
struct Row {
  int64_t output, input, count;
};

/// For every tap of the window, in row-major order, all the outputs that see an input through it.
std::vector<std::vector<Row>> tapRows(const std::vector<WindowDim> &dims);

} // namespace cnnc::reference
