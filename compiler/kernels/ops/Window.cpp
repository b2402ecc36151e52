#include "compiler/kernels/ops/Window.h"

namespace cnnc {

using namespace Halide;

Region Window::tapRanges() const {
  Region ranges;
  for (size_t s = kernel.size(); s-- > 0;)
    ranges.push_back({0, static_cast<int>(kernel[s])});
  return ranges;
}

Indices Window::inputCoordinates(const Indices &at, const Indices &taps) const {
  Indices coordinates;
  for (size_t s = 0; s < kernel.size(); ++s) {
    Expr first = at[s + 2] * static_cast<int>(strides[s]) - padBegin[s];
    coordinates.push_back(first + taps[kernel.size() - 1 - s] * static_cast<int>(dilations[s]));
  }
  return coordinates;
}

// floor((padded - span) / stride) + 1, or with ceil, where a window that would start beyond the
// input and its begin padding is dropped: there are (in + padBegin - 1) / stride + 1 others.
static Expr explicitExtent(const Expr &in, int64_t padBegin, int64_t padEnd, int span, int stride,
                           bool ceilMode) {
  Expr free = in + static_cast<int>(padBegin + padEnd) - span;
  if (!ceilMode)
    return simplify(free / stride + 1);
  Expr starting = (in + static_cast<int>(padBegin) - 1) / stride + 1;
  return simplify(min((free + stride - 1) / stride + 1, starting));
}

Window windowOf(const OpDescription &op, const std::vector<int64_t> &kernel, const Value &input) {
  Window window;
  window.kernel = kernel;
  window.strides = op.getInts("strides");
  window.dilations = op.getInts("dilations");
  const std::string &autoPad = op.getString("auto_pad");
  const std::vector<int64_t> &pads = op.getInts("pads");
  bool ceilMode = op.attributes.count("ceil_mode") && op.getBool("ceil_mode");
  for (size_t s = 0; s < kernel.size(); ++s) {
    Expr in = input.shape[s + 2];
    int stride = static_cast<int>(window.strides[s]);
    int span = static_cast<int>((kernel[s] - 1) * window.dilations[s] + 1);
    window.inputExtents.push_back(in);
    if (autoPad == "explicit") {
      int64_t begin = pads[s], end = pads[s + kernel.size()];
      window.outputExtents.push_back(explicitExtent(in, begin, end, span, stride, ceilMode));
      window.padBegin.push_back(static_cast<int>(begin));
      window.leavesInput |= begin > 0 || end > 0 || (ceilMode && stride > 1);
      continue;
    }
    Expr out = (in + stride - 1) / stride;
    Expr total = max((out - 1) * stride + span - in, 0);
    window.outputExtents.push_back(simplify(out));
    window.padBegin.push_back(simplify(autoPad == "same" ? total / 2 : (total + 1) / 2));
    window.leavesInput |= span > stride;
  }
  return window;
}

Expr windowCount(const OpDescription &op, const Window &window, const Indices &at) {
  bool countPadding = op.getBool("count_include_pad");
  bool isExplicit = op.getString("auto_pad") == "explicit";
  Expr count = 1;
  for (size_t s = 0; s < window.kernel.size(); ++s) {
    int kernel = static_cast<int>(window.kernel[s]);
    int dilation = static_cast<int>(window.dilations[s]);
    Expr first = at[s + 2] * static_cast<int>(window.strides[s]) - window.padBegin[s];
    Expr low = 0, high = window.inputExtents[s];
    if (countPadding) {
      low = -window.padBegin[s];
      Expr padEnd = isExplicit
                        ? Expr(static_cast<int>(op.getInts("pads")[s + window.kernel.size()]))
                        : Expr(kernel * dilation);
      high = high + padEnd;
    }
    Expr before = max((low - first + dilation - 1) / dilation, 0);
    Expr within = min((high - first + dilation - 1) / dilation, kernel);
    count = count * (within - before);
  }
  return simplify(count);
}

Expr insideInput(const Indices &coordinates, const Indices &extents, const Expr &value,
                 const Expr &outside) {
  Expr chosen = value;
  for (size_t s = coordinates.size(); s-- > 0;)
    chosen = select(coordinates[s] >= 0 && coordinates[s] < extents[s], likely(chosen), outside);
  return chosen;
}

Indices clampToInput(const Indices &coordinates, const Indices &extents) {
  Indices clamped;
  for (size_t s = 0; s < coordinates.size(); ++s)
    clamped.push_back(clamp(likely(coordinates[s]), 0, extents[s] - 1));
  return clamped;
}

} // namespace cnnc
