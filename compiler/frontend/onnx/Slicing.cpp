// Slice and Gather: parts of a tensor.
#include "compiler/frontend/onnx/OnnxOps.h"

using namespace mlir;

namespace cnnc::onnximport {

SliceRange SliceRange::clampedTo(int64_t size) const {
  // Backwards, the place before the first element is a place too.
  int64_t first = step > 0 ? 0 : -1, last = step > 0 ? size : size - 1;
  auto place = [&](int64_t p) { return std::clamp(p < 0 ? p + size : p, first, last); };
  return {axis, place(start), place(end), step};
}

int64_t SliceRange::count() const {
  int64_t length = step > 0 ? end - start : start - end, stride = std::abs(step);
  return std::max<int64_t>((length + stride - 1) / stride, 0);
}

std::vector<SliceRange> readSliceRanges(Node &node, int64_t rank) {
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  bool areInputs = node.opset() >= 10;
  SmallVector<int64_t> starts = areInputs ? node.integers(1) : node.getLimits("starts"),
                       ends = areInputs ? node.integers(2) : node.getLimits("ends");
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, starts.size()));
  SmallVector<int64_t> steps(starts.size(), 1);
  if (areInputs && node.hasInput(3))
    axes = node.integers(3);
  else if (!areInputs)
    axes = node.getInts("axes", axes);
  if (areInputs && node.hasInput(4))
    steps = node.integers(4);
  if (node.failed())
    return {};
  if (ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size()) {
    node.error() << "it has " << starts.size() << " starts, " << ends.size() << " ends, "
                 << axes.size() << " axes and " << steps.size() << " steps, but must have one each";
    return {};
  }
  std::vector<SliceRange> ranges;
  for (size_t i = 0; i < starts.size(); ++i) {
    if (steps[i] == 0)
      node.error() << "a step is 0";
    ranges.push_back(
        {node.normalizeAxis(axes[i], rank), starts[i], ends[i], std::clamp(steps[i], -most, most)});
  }
  return node.failed() ? std::vector<SliceRange>() : ranges;
}

/// A dim whose size is known at run time only: what does not depend on where its end is.
static std::optional<SliceRange> clampedToSymbolic(SliceRange range) {
  constexpr int64_t end = std::numeric_limits<int64_t>::max(),
                    beyondAll = std::numeric_limits<int32_t>::max();
  if (range.step == -1 && range.start == -1 && range.end < -beyondAll) // all of it, reversed
    return SliceRange{range.axis, -1, -1, -1};
  if (range.step < 0 || range.start < 0 || range.end < 0)
    return std::nullopt;
  return SliceRange{range.axis, range.start, range.end >= beyondAll ? end : range.end, range.step};
}

/// The input with the dims of negative steps reversed, and their ranges turned to match.
static Value reverseBackward(Node &node, Value input, std::vector<SliceRange> &ranges) {
  SmallVector<int64_t> reversed;
  for (SliceRange &range : ranges) {
    if (range.step > 0)
      continue;
    reversed.push_back(range.axis);
    std::optional<int64_t> size = cnn::known(cnn::sizesOf(input)[range.axis]);
    if (size)
      range = {range.axis, *size - 1 - range.start, *size - 1 - range.end, -range.step};
    else
      range = {range.axis, 0, std::numeric_limits<int64_t>::max(), 1};
  }
  llvm::sort(reversed);
  return reversed.empty() ? input : node.build<cnn::Flip>(input, node.intsAttr("axes", reversed));
}

Value buildSlice(Node &node, Value input, ArrayRef<SliceRange> ranges) {
  if (!input)
    return {};
  size_t rank = typeOf(input).getRank();
  SmallVector<int64_t> starts(rank, 0), ends(rank, std::numeric_limits<int64_t>::max()),
      steps(rank, 1);
  for (const SliceRange &range : ranges) {
    starts[range.axis] = range.start;
    ends[range.axis] = std::max(range.start, range.end);
    steps[range.axis] = range.step;
  }
  return node.build<cnn::Slice>(input,
                                {node.intsAttr("starts", starts), node.intsAttr("ends", ends),
                                 node.intsAttr("steps", steps)});
}

void importSlice(Node &node) {
  Value input = node.tensor(0);
  if (!input)
    return;
  SmallVector<Size> sizes = cnn::sizesOf(input);
  std::vector<SliceRange> ranges = readSliceRanges(node, sizes.size());
  for (SliceRange &range : ranges) {
    std::optional<int64_t> size = cnn::known(sizes[range.axis]);
    std::optional<SliceRange> clamped = size ? range.clampedTo(*size) : clampedToSymbolic(range);
    if (!clamped) {
      node.error() << "dim " << range.axis
                   << " has a size known only at run time, and the slice from " << range.start
                   << " to " << range.end << " depends on it: fix the size";
      return;
    }
    range = *clamped;
  }
  input = reverseBackward(node, input, ranges);
  node.yield(0, buildSlice(node, input, ranges));
}

// Of a tensor only what a slice can take: one index, which drops the dim, or successive ones.
void importGather(Node &node) {
  Value input = node.tensor(0);
  SizeTensor indices = node.sizes(1);
  SmallVector<int64_t> places = node.integers(1);
  if (node.failed())
    return;
  int64_t axis = node.getAxis("axis", 0, typeOf(input).getRank());
  std::optional<int64_t> size = node.failed() ? 0 : cnn::known(cnn::sizesOf(input)[axis]);
  bool isRun = indices.rank() <= 1 && !places.empty();
  for (auto [i, place] : llvm::enumerate(places)) {
    if (place < 0)
      place += size.value_or(0);
    isRun &= place >= 0 && place < size.value_or(place + 1) && place - int64_t(i) == places[0];
  }
  if (!isRun && !node.failed())
    node.error()
        << "from a tensor only one index or successive ones, inside of the dim, can be taken";
  if (node.failed())
    return;
  Value slice = buildSlice(node, input, {{axis, places.front(), places.back() + 1, 1}});
  if (!slice || indices.rank() == 1)
    return node.yield(0, slice);
  SmallVector<Size> sizes = cnn::sizesOf(slice);
  sizes.erase(sizes.begin() + axis);
  node.yield(0, node.buildReshape(slice, sizes));
}

} // namespace cnnc::onnximport
