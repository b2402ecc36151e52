#include "compiler/kernels/ops/Contraction.h"
#include "compiler/kernels/ops/ConvForms.h"

namespace cnnc {

using namespace Halide;

int channelTile(const KernelBuild &build) {
  const Schedule &schedule = build.schedule();
  return static_cast<int>(convForm(schedule.algorithm).channelTile(schedule));
}

Indices tapIndices(const RDom &taps, int from) {
  Indices indices;
  for (int dim = from; dim < taps.dimensions(); ++dim)
    indices.push_back(taps[dim]);
  return indices;
}

Func packedFilter(
    KernelBuild &build, const Value &filter, const Expr &channels, int taps, int outer,
    const std::function<Expr(const Expr &, const Indices &, const Indices &)> &element) {
  if (filter.layout == Layout::Packed)
    return filter.func;
  Var lane("lane"), block("block");
  std::vector<Var> arguments = {lane};
  Indices tapIndices, outerIndices;
  for (int t = 0; t < taps; ++t) {
    arguments.emplace_back("tap" + std::to_string(t));
    tapIndices.push_back(arguments.back());
  }
  arguments.push_back(block);
  for (int o = 0; o < outer; ++o) {
    arguments.emplace_back("batch" + std::to_string(o));
    outerIndices.push_back(arguments.back());
  }
  Expr channel = block * channelTile(build) + lane;
  Expr inside = element(min(channel, channels - 1), tapIndices, outerIndices);
  Func packed(build.name("filter"));
  packed(arguments) = select(channel < channels, inside, Internal::make_zero(inside.type()));
  build.parts().filter = packed;
  return packed;
}

Value stagedInput(KernelBuild &build, const Value &input, Layout layout,
                  const std::function<Expr(const Indices &)> &border) {
  if (input.isInput && input.layout == layout && !border)
    return input;
  Value staged = input;
  staged.isInput = false;
  staged.layout = layout;
  staged.func = Func(build.name("staged"));
  std::vector<Var> vars = dimVars(input.rank());
  Indices coordinates(vars.begin(), vars.end());
  staged.func(inMemoryOrder(layout, vars)) = border ? border(coordinates) : input.at(coordinates);
  AnchorParts &parts = build.parts();
  parts.staged = staged.func;
  parts.stagedValue = staged;
  parts.stagesBorder = input.isInput && input.layout == layout;
  return staged;
}

} // namespace cnnc
