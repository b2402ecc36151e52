// conv of single channels: one input and one output channel a group. The packed filter is
// [k...][c].
#include "compiler/kernels/ops/Contraction.h"
#include "compiler/kernels/ops/ConvForms.h"

namespace cnnc {

using namespace Halide;

static Expr filterUnderTaps(const ConvParts &conv, const RDom &taps) {
  Indices at = tapIndices(taps, 0);
  if (conv.filter.layout == Layout::Packed) {
    at.insert(at.begin(), conv.at[1]);
    return conv.filter.func(at);
  }
  Indices logical = {conv.at[1], 0};
  logical.insert(logical.end(), at.rbegin(), at.rend());
  return conv.filter.at(logical);
}

static std::function<Expr(const Indices &)> sumDepthwise(KernelBuild &build, ConvParts conv) {
  conv.input = borderedInput(build, conv, conv.input.layout, build.expanded.func.defined());
  RDom taps(conv.window.tapRanges(), build.name("taps"));
  Indices inputAt = {conv.at[0], conv.at[1]};
  Indices space = conv.window.inputCoordinates(conv.at, tapIndices(taps, 0));
  inputAt.insert(inputAt.end(), space.begin(), space.end());
  Func sum(build.name("sum"));
  std::vector<Var> arguments = inMemoryOrder(Layout::ChannelsLast, conv.vars);
  sum(arguments) = 0.0f;
  sum(arguments) += filterUnderTaps(conv, taps) * conv.input.at(inputAt);
  build.parts().taps = taps;
  build.parts().accumulator = sum;
  return [sum](const Indices &at) { return sum(inMemoryOrder(Layout::ChannelsLast, at)); };
}

static std::vector<int64_t> packedShape(const Schedule &, const WeightView &weight) {
  std::vector<int64_t> shape = weight.taps;
  shape.push_back(weight.channels);
  return shape;
}

static std::vector<float> pack(const Schedule &, const WeightView &weight) {
  std::vector<float> packed;
  for (int64_t tap = 0; tap < weight.numTaps(); ++tap)
    for (int64_t channel = 0; channel < weight.channels; ++channel)
      packed.push_back(weight.at(channel, 0, tap));
  return packed;
}

// All channels lie side by side; vectors may begin at any of them.
static int64_t channelTile(const Schedule &) { return 1; }

ConvForm formDepthwise() { return {packedShape, pack, channelTile, sumDepthwise}; }

} // namespace cnnc
