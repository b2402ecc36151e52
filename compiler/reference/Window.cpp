// Output extents and padding as ONNX has them, and the rows of each tap.
#include "compiler/reference/Window.h"

#include <algorithm>

namespace cnnc::reference {

static int64_t divideDown(int64_t a, int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }
static int64_t divideUp(int64_t a, int64_t b) { return -divideDown(-a, b); }

/// What the window covers of the input, dilation included.
static int64_t reach(const WindowDim &dim) { return (dim.kernel - 1) * dim.dilation + 1; }

/// out = ceil(in / stride); the padding that takes is split evenly, an odd element goes to the end,
/// or to the beginning when `oddFirst`.
static void padSame(WindowDim &dim, bool oddFirst) {
  dim.output = divideUp(dim.input, dim.stride);
  int64_t total = std::max<int64_t>((dim.output - 1) * dim.stride + reach(dim) - dim.input, 0);
  dim.padBegin = oddFirst ? (total + 1) / 2 : total / 2;
  dim.padEnd = total - dim.padBegin;
}

/// Every window that fits, or, with `ceilMode`, that starts inside the input or its first padding.
static void padExplicitly(WindowDim &dim, bool ceilMode) {
  int64_t room = dim.input + dim.padBegin + dim.padEnd - reach(dim);
  dim.output = (ceilMode ? divideUp(room, dim.stride) : divideDown(room, dim.stride)) + 1;
  if (ceilMode && (dim.output - 1) * dim.stride >= dim.input + dim.padBegin)
    --dim.output;
}

std::vector<WindowDim> windowDims(const OpDescription &op, const Shape &input,
                                  const Shape &kernel) {
  const std::string &autoPad = op.getString("auto_pad");
  bool ceilMode = op.attributes.count("ceil_mode") && op.getBool("ceil_mode");
  std::vector<WindowDim> dims;
  for (size_t s = 0; s < kernel.size(); ++s) {
    WindowDim dim{
        input[s + 2], 0, kernel[s], op.getInts("strides")[s], op.getInts("dilations")[s], 0, 0};
    if (autoPad == "explicit") {
      dim.padBegin = op.getInts("pads")[s];
      dim.padEnd = op.getInts("pads")[s + kernel.size()];
      padExplicitly(dim, ceilMode);
    } else {
      padSame(dim, autoPad == "same_lower");
    }
    assert(dim.output > 0 && "window is larger than the padded input");
    dims.push_back(dim);
  }
  return dims;
}

Shape windowResultShape(int64_t batch, int64_t channels, const std::vector<WindowDim> &dims) {
  Shape shape{batch, channels};
  for (const WindowDim &dim : dims)
    shape.push_back(dim.output);
  return shape;
}

static int64_t productOf(const std::vector<WindowDim> &dims, int64_t WindowDim::*extent) {
  int64_t result = 1;
  for (const WindowDim &dim : dims)
    result *= dim.*extent;
  return result;
}

int64_t inputPlane(const std::vector<WindowDim> &dims) {
  return productOf(dims, &WindowDim::input);
}
int64_t outputPlane(const std::vector<WindowDim> &dims) {
  return productOf(dims, &WindowDim::output);
}
int64_t numTaps(const std::vector<WindowDim> &dims) { return productOf(dims, &WindowDim::kernel); }

/// Appends the rows of the tap at coordinates `tap`, from spatial dim `d` on; `row` holds the
/// offsets that the dims before it add up to.
static void appendRows(const std::vector<WindowDim> &dims, const Shape &tap, size_t d, Row row,
                       std::vector<Row> &rows) {
  const WindowDim &dim = dims[d];
  int64_t shift = tap[d] * dim.dilation - dim.padBegin;
  // The outputs o with 0 <= o*stride + shift < input.
  int64_t begin = std::max<int64_t>(divideUp(-shift, dim.stride), 0);
  int64_t end = std::min(divideUp(dim.input - shift, dim.stride), dim.output);
  int64_t output = row.output * dim.output, input = row.input * dim.input + shift;
  if (begin >= end)
    return;
  if (d + 1 == dims.size()) {
    rows.push_back({output + begin, input + begin * dim.stride, end - begin});
    return;
  }
  for (int64_t o = begin; o < end; ++o)
    appendRows(dims, tap, d + 1, {output + o, input + o * dim.stride, 0}, rows);
}

std::vector<std::vector<Row>> tapRows(const std::vector<WindowDim> &dims) {
  std::vector<std::vector<Row>> taps(static_cast<size_t>(numTaps(dims)));
  Shape tap(dims.size(), 0);
  for (std::vector<Row> &rows : taps) {
    appendRows(dims, tap, 0, {0, 0, 0}, rows);
    for (size_t d = dims.size(); d-- > 0 && ++tap[d] == dims[d].kernel;)
      tap[d] = 0;
  }
  return taps;
}

} // namespace cnnc::reference
