// max_pool_grad and avg_pool_grad, from the input's side, so that no two threads add to the same
// number. A pixel p of a dim is seen by the windows
//
//     w = floor((p + begin) / stride) - j,  j = 0, 1, ... ceil(extent / stride) - 1
//
// through the tap (p + begin - w stride) / dilation, where that is a tap; extent is the window's
// with its dilations. The gradient is the sum over these j of what window w gives to the tap: g[w]
// by the number of elements seen, or all of g[w] if the tap has the first of its largest elements,
// whose number is computed for a block of windows beforehand.
#include "compiler/kernels/ops/Window.h"

namespace cnnc {

using namespace Halide;

namespace {

/// The windows that see a pixel.
struct SeeingWindows {
  Window window;
  std::vector<Var> vars;
  Indices at; ///< Of the pixel.
  RDom back;  ///< j, the last spatial dim first.
  Indices of; ///< The window's coordinates, inside of the gradient.
  Expr sees;  ///< True where there is such a window, and it sees the pixel.
  Expr tap;   ///< By which tap: the number in row-major order.
};

} // namespace

static SeeingWindows windowsOn(KernelBuild &build, const OpDescription &op, const Value &input,
                               const Value &gradient) {
  SeeingWindows seeing;
  const Window &window = seeing.window = windowOf(op, op.getInts("kernel_shape"), input);
  seeing.vars = dimVars(input.rank());
  seeing.at.assign(seeing.vars.begin(), seeing.vars.end());
  Region ranges;
  size_t spatial = window.kernel.size();
  for (size_t s = spatial; s-- > 0;) {
    int64_t extent = (window.kernel[s] - 1) * window.dilations[s] + 1;
    ranges.push_back({0, static_cast<int>((extent + window.strides[s] - 1) / window.strides[s])});
  }
  seeing.back = RDom(ranges, build.name("windows"));
  seeing.of = {seeing.at[0], seeing.at[1]};
  seeing.sees = Internal::const_true();
  seeing.tap = 0;
  for (size_t s = 0; s < spatial; ++s) {
    int stride = static_cast<int>(window.strides[s]), kernel = static_cast<int>(window.kernel[s]),
        dilation = static_cast<int>(window.dilations[s]);
    Expr from = seeing.at[s + 2] + window.padBegin[s];
    Expr w = from / stride - seeing.back[static_cast<int>(spatial - 1 - s)];
    Expr offset = from - w * stride, windows = gradient.shape[s + 2];
    seeing.sees = seeing.sees && w >= 0 && w < windows && offset < kernel * dilation &&
                  offset % dilation == 0;
    seeing.tap = seeing.tap * kernel + offset / dilation;
    seeing.of.push_back(clamp(w, 0, windows - 1));
  }
  return seeing;
}

/// The sum over the windows of `given`.
static Value sumOverWindows(KernelBuild &build, const OpDescription &op, const Value &input,
                            const SeeingWindows &seeing, const Expr &given) {
  Func sum(build.name("sum"));
  std::vector<Var> arguments = inMemoryOrder(Layout::ChannelsLast, seeing.vars);
  sum(arguments) = Internal::make_zero(given.type());
  sum(arguments) += select(seeing.sees, given, Internal::make_zero(given.type()));
  build.setReduction(sum, seeing.back);
  return build.define(op, build.resultShape(op, input.shape), [&](const Indices &at) {
    return sum(inMemoryOrder(Layout::ChannelsLast, at));
  });
}

/// The number of the tap with the first of the largest elements under the window at `at`.
static Expr largestTap(const Window &window, const Value &input, const Indices &at) {
  int64_t taps = 1;
  for (int64_t kernel : window.kernel)
    taps *= kernel;
  size_t spatial = window.kernel.size();
  Type type = halideType(input.description.elementType);
  Expr lowest = cast(type, Expr(std::numeric_limits<float>::lowest())), largest, where = 0;
  for (int64_t tap = 0; tap < taps; ++tap) {
    Indices coordinates(spatial); // The last dim first, as Window has it.
    for (size_t i = 0, rest = static_cast<size_t>(tap); i < spatial; ++i) {
      size_t kernel = static_cast<size_t>(window.kernel[spatial - 1 - i]);
      coordinates[i] = static_cast<int>(rest % kernel);
      rest /= kernel;
    }
    Indices space = window.inputCoordinates(at, coordinates), under = {at[0], at[1]};
    Indices clamped = clampToInput(space, window.inputExtents);
    under.insert(under.end(), clamped.begin(), clamped.end());
    Expr value = input.at(under);
    if (window.leavesInput)
      value = insideInput(space, window.inputExtents, value, lowest);
    where = tap == 0 ? where : select(value > largest, static_cast<int>(tap), where);
    largest = tap == 0 ? value : max(largest, value);
  }
  return where;
}

Value buildMaxPoolGrad(KernelBuild &build, const OpDescription &op,
                       const std::vector<Value> &operands) {
  const Value &input = operands[0], &gradient = operands[1];
  SeeingWindows seeing = windowsOn(build, op, input, gradient);
  Value largest = gradient;
  largest.isInput = false;
  largest.layout = Layout::ChannelsLast;
  largest.description.elementType = ElementType::I32;
  largest.func = Func(build.name("largest"));
  largest.func(inMemoryOrder(Layout::ChannelsLast, seeing.vars)) =
      largestTap(seeing.window, input, seeing.at);
  build.anchor.staged = largest.func;
  build.anchor.stagedValue = largest;
  Expr isLargest = largest.at(seeing.of) == seeing.tap, g = gradient.at(seeing.of);
  return sumOverWindows(build, op, input, seeing,
                        select(isLargest, g, Internal::make_zero(g.type())));
}

Value buildAvgPoolGrad(KernelBuild &build, const OpDescription &op,
                       const std::vector<Value> &operands) {
  const Value &gradient = operands[0], &like = operands[1];
  SeeingWindows seeing = windowsOn(build, op, like, gradient);
  Expr count = windowCount(op, seeing.window, seeing.of), g = gradient.at(seeing.of);
  return sumOverWindows(build, op, like, seeing, g / cast(g.type(), count));
}

} // namespace cnnc
