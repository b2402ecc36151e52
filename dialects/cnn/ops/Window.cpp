#include "dialects/cnn/ops/Window.h"

using namespace mlir;

namespace cnnc::cnn {

LogicalResult checkList(std::optional<Location> loc, StringRef name, ArrayRef<int64_t> list,
                        size_t length, int64_t least) {
  if (list.size() != length)
    return emitOptionalError(loc, name, " has ", list.size(), " entries but the input calls for ",
                             length);
  for (int64_t value : list)
    if (value < least)
      return emitOptionalError(loc, name, " must be at least ", least, " but has ", value);
  return success();
}

/// Number of window positions along spatial dim `i`, which has `size` elements; null where a
/// symbolic size leaves it open whether the last window counts.
static Size countPositions(Size size, const Window &w, size_t i, int64_t begin, int64_t end) {
  int64_t extent = (w.kernel[i] - 1) * w.dilations[i] + 1, stride = w.strides[i];
  Size last = size + (begin + end - extent);
  if (!w.ceilMode)
    return (last + stride).floorDiv(stride);
  Size positions = divideUp(last, stride) + 1;
  // A partial window that would begin in the end padding does not count. None can where the
  // window, less the stride, covers that padding.
  if (end + stride <= extent)
    return positions;
  std::optional<int64_t> n = known(positions), in = known(size);
  if (!n || !in)
    return {};
  return (*n - 1) * stride >= *in + begin ? positions - 1 : positions;
}

FailureOr<SmallVector<Size>> inferWindow(std::optional<Location> loc, RankedTensorType input,
                                         const Window &w) {
  int64_t rank = input.getRank();
  if (rank < 3)
    return emitOptionalError(loc,
                             "input must have batch, channels and at least one spatial dim, "
                             "but has ",
                             rank, " dims");
  size_t spatial = rank - 2;
  if (failed(checkList(loc, "kernel", w.kernel, spatial, 1)) ||
      failed(checkList(loc, "strides", w.strides, spatial, 1)) ||
      failed(checkList(loc, "dilations", w.dilations, spatial, 1)) ||
      failed(checkList(loc, "pads", w.pads, 2 * spatial, 0)))
    return failure();
  if (w.autoPad != "explicit" && w.autoPad != "same" && w.autoPad != "same_lower")
    return emitOptionalError(loc, "auto_pad must be explicit, same or same_lower but is ",
                             w.autoPad);
  SmallVector<Size> sizes = sizesOf(input), result;
  for (size_t i = 0; i < spatial; ++i) {
    Size size = sizes[i + 2];
    if (w.autoPad != "explicit") {
      result.push_back(divideUp(size, w.strides[i]));
      continue;
    }
    Size positions = countPositions(size, w, i, w.pads[i], w.pads[i + spatial]);
    if (!positions)
      return emitOptionalError(loc, "ceil_mode with a stride of ", w.strides[i],
                               " beyond the window needs a known size: fix the symbolic one");
    if (std::optional<int64_t> n = known(positions); n && *n < 1)
      return emitOptionalError(loc, "window of ", (w.kernel[i] - 1) * w.dilations[i] + 1,
                               " elements does not fit a dim of ", *known(size), " elements with ",
                               w.pads[i] + w.pads[i + spatial], " of padding");
    result.push_back(positions);
  }
  return result;
}

} // namespace cnnc::cnn
