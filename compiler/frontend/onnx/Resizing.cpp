// Resize and Upsample. The sizes of the result are told by scales, or stated: then the scale of a
// dim is the ratio of its two sizes, where this is a number, and else a matter of run time.
#include "compiler/frontend/onnx/OnnxOps.h"

#include <cmath>
#include <numeric>

using namespace mlir;

namespace cnnc::onnximport {

namespace {
/// A scale as scale / divisor.
struct Ratio {
  int64_t scale = 1, divisor = 1;
};
} // namespace

/// The simplest fraction that rounds to `number`, by continued fractions; 0 / 1 where there is none
/// of a reasonable size.
static Ratio toRatio(float number) {
  constexpr double most = 1 << 24;
  double rest = number;
  double scale = 1, divisor = 0, lastScale = 0, lastDivisor = 1;
  while (std::isfinite(rest) && rest < most) {
    double whole = std::floor(rest);
    lastScale = std::exchange(scale, whole * scale + lastScale);
    lastDivisor = std::exchange(divisor, whole * divisor + lastDivisor);
    if (scale < 0 || scale > most || divisor > most)
      break;
    if (static_cast<float>(scale / divisor) == number)
      return {static_cast<int64_t>(scale), static_cast<int64_t>(divisor)};
    rest = 1 / (rest - whole);
  }
  return {0, 1};
}

/// result / input, if it is one number for all sizes that the network takes.
static std::optional<Ratio> ratioOf(Size result, Size input) {
  std::optional<int64_t> to = cnn::known(result), from = cnn::known(input);
  if (to && from) {
    int64_t common = std::gcd(*to, *from);
    return Ratio{*to / common, *from / common};
  }
  if (std::optional<Size> times = divideEvenly(result, input); times && cnn::known(*times))
    return Ratio{*cnn::known(*times), 1};
  if (std::optional<Size> parts = divideEvenly(input, result); parts && cnn::known(*parts))
    return Ratio{1, *cnn::known(*parts)};
  return std::nullopt;
}

/// The dims that the scales or sizes of a node are of: all, or since opset 18 those of `axes`.
static SmallVector<int64_t> resizedAxes(Node &node, int64_t rank) {
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  axes = node.getInts("axes", axes);
  for (int64_t &axis : axes)
    axis = node.normalizeAxis(axis, rank);
  return axes;
}

static void checkCount(Node &node, StringRef what, size_t count, size_t expected) {
  if (count != expected && !node.failed())
    node.error() << "it has " << count << " " << what << " but " << expected
                 << " dims to be resized";
}

/// The scales, an input since opset 9.
static std::vector<float> readScales(Node &node, size_t input) {
  if (const onnx::AttributeProto *scales = node.findAttribute("scales"))
    return {scales->floats().begin(), scales->floats().end()};
  std::optional<FloatTensor> scales = node.constant(input);
  if (scales)
    return {scales->data, scales->data + scales->size};
  if (!node.failed())
    node.error() << "its scales must be known when compiling";
  return {};
}

static SmallVector<Ratio> scalesOfDims(Node &node, ArrayRef<int64_t> axes, int64_t rank,
                                       size_t input) {
  std::vector<float> numbers = readScales(node, input);
  checkCount(node, "scales", numbers.size(), axes.size());
  SmallVector<Ratio> ratios(rank);
  for (size_t i = 0; i < axes.size() && !node.failed(); ++i)
    ratios[axes[i]] = toRatio(numbers[i]);
  return ratios;
}

static SmallVector<Size> sizesOfDims(Node &node, ArrayRef<int64_t> axes, Value input,
                                     const SizeTensor &stated) {
  SmallVector<Size> sizes = cnn::sizesOf(input);
  checkCount(node, "sizes", stated.values.size(), axes.size());
  for (size_t i = 0; i < axes.size() && !node.failed(); ++i)
    sizes[axes[i]] = stated.values[i];
  return sizes;
}

/// A tensor of the network whose spatial sizes are these: an input, or else the latest.
static Value findOfSize(Node &node, ArrayRef<Size> space) {
  Block *block = node.builder().getInsertionBlock();
  auto fits = [&](Value value) {
    return typeOf(value).getRank() == static_cast<int64_t>(space.size()) + 2 &&
           ArrayRef<Size>(cnn::sizesOf(value)).drop_front(2) == space;
  };
  for (BlockArgument input : block->getArguments())
    if (fits(input))
      return input;
  for (Operation &op : llvm::reverse(*block))
    if (fits(op.getResult(0)))
      return op.getResult(0);
  return {};
}

using Attributes = SmallVector<NamedAttribute>;

/// How places between elements are rounded: before opset 11 down, but up where elements are
/// dropped.
static std::string roundingOf(Node &node, ArrayRef<Ratio> ratios) {
  if (node.opset() >= 11)
    return node.getString("nearest_mode", "round_prefer_floor");
  bool enlarges = llvm::any_of(ratios, [](Ratio r) { return r.scale > r.divisor; });
  bool shrinks = llvm::any_of(ratios, [](Ratio r) { return r.scale < r.divisor; });
  if (enlarges && shrinks && node.getString("mode", "nearest") == "nearest")
    node.error() << "it enlarges some dims and shrinks others, which rounds differently before "
                    "opset 11: export it with a newer one";
  return shrinks ? "ceil" : "floor";
}

static Attributes resizeAttributes(Node &node, ArrayRef<Ratio> ratios) {
  std::string coordinates = node.getString("coordinate_transformation_mode",
                                           node.opset() < 11 ? "asymmetric" : "half_pixel");
  if (node.getInt("antialias", 0))
    node.error() << "antialias is not supported";
  if (std::string policy = node.getString("keep_aspect_ratio_policy", "stretch");
      policy != "stretch")
    node.error() << "keep_aspect_ratio_policy '" << policy << "' is not supported";
  return {node.stringAttr("mode", node.getString("mode", "nearest")),
          node.stringAttr("coordinate_transformation_mode", coordinates),
          node.stringAttr("nearest_mode", roundingOf(node, ratios))};
}

static Value buildScaled(Node &node, Value input, ArrayRef<Ratio> ratios) {
  Attributes attributes = resizeAttributes(node, ratios);
  SmallVector<int64_t> scales, divisors;
  for (auto [dim, ratio] : llvm::enumerate(ratios)) {
    if (dim < 2 && (ratio.scale != 1 || ratio.divisor != 1) && !node.failed())
      node.error() << "it resizes dim " << dim << ", but only spatial dims can be resized";
    if (dim < 2)
      continue;
    scales.push_back(ratio.scale);
    divisors.push_back(ratio.divisor);
  }
  attributes.push_back(node.intsAttr("scales", scales));
  attributes.push_back(node.intsAttr("divisors", divisors));
  return node.build<cnn::Resize>(input, attributes);
}

static Value buildSized(Node &node, Value input, ArrayRef<Size> sizes) {
  SmallVector<Size> from = cnn::sizesOf(input);
  SmallVector<Ratio> ratios;
  for (auto [size, old] : llvm::zip(sizes, from))
    if (std::optional<Ratio> ratio = ratioOf(size, old))
      ratios.push_back(*ratio);
  if (ratios.size() == sizes.size())
    return buildScaled(node, input, ratios);
  ArrayRef<Size> space = sizes.drop_front(2);
  Value like = findOfSize(node, space);
  if (like && sizes.take_front(2) == ArrayRef<Size>(from).take_front(2))
    return node.build<cnn::ResizeLike>({input, like}, resizeAttributes(node, {}));
  node.error() << "it resizes " << cnn::toString(from) << " to " << cnn::toString(sizes)
               << ", whose ratio is known only at run time, and no tensor of the network has such "
                  "spatial dims: fix the sizes";
  return {};
}

void importResize(Node &node) {
  Value input = node.floats(0);
  if (!input)
    return;
  int64_t rank = typeOf(input).getRank();
  SmallVector<int64_t> axes = resizedAxes(node, rank);
  // Before opset 13 an input that is not meant is there, but empty.
  SizeTensor stated = node.hasInput(3) ? node.sizes(3) : SizeTensor();
  if (node.failed())
    return;
  if (!stated.values.empty()) {
    SmallVector<Size> sizes = sizesOfDims(node, axes, input, stated);
    if (!node.failed())
      node.yield(0, buildSized(node, input, sizes));
    return;
  }
  SmallVector<Ratio> ratios = scalesOfDims(node, axes, rank, node.opset() < 11 ? 1 : 2);
  node.yield(0, buildScaled(node, input, ratios));
}

} // namespace cnnc::onnximport
