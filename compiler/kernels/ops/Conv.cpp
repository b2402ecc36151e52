// conv: cross-correlation with any number of spatial dims.
//
//     result[n, c, p] = bias[c] + sum over i, k of filter[c, i, k] * input[n, g * I + i, p*s + k*d]
//
// with g the group of c and I the input channels of a group. Packed filters: see Contraction.h; the
// taps are i, then k with the last spatial dim first. A depthwise conv (one input and one output
// channel a group) has its filter as [k...][c].
#include "compiler/kernels/ops/Contraction.h"
#include "compiler/kernels/ops/ConvParts.h"

namespace cnnc {

using namespace Halide;

// True where vectors run along the rows: then these lie side by side in the sums and, copied, in
// the input.
static bool alongRows(const KernelBuild &build) { return build.spec.schedule.algorithm == "row"; }

static Layout sumLayout(const KernelBuild &build) {
  return alongRows(build) ? Layout::RowMajor : Layout::ChannelsLast;
}

// The input with zeros around it.
static Value borderedInput(KernelBuild &build, const Value &input, const Window &window) {
  Layout layout = alongRows(build) ? Layout::RowMajor : input.layout;
  bool exceeds = build.hasConsumer() || build.spec.schedule.algorithm == "winograd";
  if (!window.leavesInput && !exceeds)
    return stagedInput(build, input, layout, nullptr);
  return stagedInput(build, input, layout, [&](const Indices &at) {
    Indices space(at.begin() + 2, at.end());
    Indices clamped = clampToInput(space, window.inputExtents);
    Indices inside = {at[0], at[1]};
    inside.insert(inside.end(), clamped.begin(), clamped.end());
    Expr value = input.at(inside);
    return insideInput(space, window.inputExtents, value, Internal::make_zero(value.type()));
  });
}

static ConvParts convParts(KernelBuild &build, const OpDescription &op,
                           const std::vector<Value> &operands) {
  ConvParts conv;
  const std::vector<int64_t> &filterShape = operands[1].description.shape;
  conv.window = windowOf(op, {filterShape.begin() + 2, filterShape.end()}, operands[0]);
  conv.groups = static_cast<int>(op.getInt("groups"));
  conv.channels = static_cast<int>(filterShape[0]);
  conv.groupChannels = static_cast<int>(filterShape[1]);
  conv.input = borderedInput(build, operands[0], conv.window);
  conv.filter = operands[1];
  conv.vars = dimVars(operands[0].rank());
  conv.at.assign(conv.vars.begin(), conv.vars.end());
  Indices inferred = {operands[0].shape[0], conv.channels};
  inferred.insert(inferred.end(), conv.window.outputExtents.begin(),
                  conv.window.outputExtents.end());
  conv.shape = build.resultShape(op, inferred);
  return conv;
}

static Indices rdomIndices(const RDom &domain, int from) {
  Indices indices;
  for (int dim = from; dim < domain.dimensions(); ++dim)
    indices.push_back(domain[dim]);
  return indices;
}

// A tile of channels that crosses groups reads another input in each group of its lanes. A copy of
// the input has them side by side: spread[c, i, p] = input[c / G * I + i, p], G the output and I
// the input channels of a group.
static Func spreadInput(KernelBuild &build, const ConvParts &conv) {
  Var input("input");
  Indices at = conv.at;
  at[1] = at[1] / (conv.channels / conv.groups) * conv.groupChannels + input;
  std::vector<Var> arguments = inMemoryOrder(Layout::ChannelsLast, conv.vars);
  arguments.insert(arguments.begin() + 1, input);
  Func spread(build.name("spread"));
  spread(arguments) = conv.input.at(at);
  build.anchor.staged = spread;
  return spread;
}

static bool crossesGroups(const KernelBuild &build) {
  return build.spec.schedule.algorithm == "direct" && build.parameter("across_groups") != 0;
}

static Func directSum(KernelBuild &build, const ConvParts &conv) {
  int space = conv.window.spatialRank();
  Func filter = packedFilter(build, conv.filter, conv.channels, space + 1, 0,
                             [&](const Expr &channel, const Indices &taps, const Indices &) {
                               Indices at = {channel, taps[0]};
                               at.insert(at.end(), taps.rbegin(), taps.rend() - 1);
                               return conv.filter.at(at);
                             });
  Region ranges = conv.window.tapRanges();
  ranges.insert(ranges.begin(), Range(0, conv.groupChannels));
  RDom taps(ranges, build.name("taps"));
  int tile = channelTile(build);
  Expr c = conv.at[1];
  Expr channel = taps[0];
  if (conv.groups > 1)
    channel += c / (conv.channels / conv.groups) * conv.groupChannels;
  bool acrossGroups = crossesGroups(build);
  Indices inputAt = {conv.at[0], acrossGroups ? c : channel};
  Indices inputSpace = conv.window.inputCoordinates(conv.at, rdomIndices(taps, 1));
  inputAt.insert(inputAt.end(), inputSpace.begin(), inputSpace.end());
  Expr input;
  if (acrossGroups) {
    Indices spreadAt = inMemoryOrder(Layout::ChannelsLast, inputAt);
    spreadAt.insert(spreadAt.begin() + 1, taps[0]);
    input = spreadInput(build, conv)(spreadAt);
  } else {
    input = conv.input.at(inputAt);
  }
  Indices filterAt = rdomIndices(taps, 0);
  filterAt.insert(filterAt.begin(), c % tile);
  filterAt.push_back(c / tile);

  Func sum(build.name("sum"));
  std::vector<Var> arguments = inMemoryOrder(sumLayout(build), conv.vars);
  sum(arguments) = 0.0f;
  sum(arguments) += filter(filterAt) * input;
  build.anchor.taps = taps;
  return sum;
}

static Func depthwiseSum(KernelBuild &build, const ConvParts &conv) {
  RDom taps(conv.window.tapRanges(), build.name("taps"));
  Indices inputAt = {conv.at[0], conv.at[1]};
  Indices inputSpace = conv.window.inputCoordinates(conv.at, rdomIndices(taps, 0));
  inputAt.insert(inputAt.end(), inputSpace.begin(), inputSpace.end());
  Indices tapsAt = rdomIndices(taps, 0);
  Expr weight;
  if (conv.filter.layout == Layout::Packed) {
    tapsAt.insert(tapsAt.begin(), conv.at[1]);
    weight = conv.filter.func(tapsAt);
  } else {
    Indices at = {conv.at[1], 0};
    at.insert(at.end(), tapsAt.rbegin(), tapsAt.rend());
    weight = conv.filter.at(at);
  }
  Func sum(build.name("sum"));
  std::vector<Var> arguments = inMemoryOrder(Layout::ChannelsLast, conv.vars);
  sum(arguments) = 0.0f;
  sum(arguments) += weight * conv.input.at(inputAt);
  build.anchor.taps = taps;
  return sum;
}

Value buildConv(KernelBuild &build, const OpDescription &op, const std::vector<Value> &operands) {
  if (!build.atAnchor())
    throw KernelError("a conv must be the anchor of its kernel");
  ConvParts conv = convParts(build, op, operands);
  build.anchor.channelDim = 1;
  build.anchor.columnDim = operands[0].rank() - 1;
  std::function<Expr(const Indices &)> sumAt;
  if (build.spec.schedule.algorithm == "winograd") {
    sumAt = winogradSum(build, conv);
  } else {
    bool depthwise = build.spec.schedule.algorithm == "depthwise";
    Func sum = depthwise ? depthwiseSum(build, conv) : directSum(build, conv);
    build.anchor.accumulator = sum;
    sumAt = [&build, sum](const Indices &at) { return sum(inMemoryOrder(sumLayout(build), at)); };
  }
  return build.define(op, conv.shape, [&](const Indices &at) {
    Expr sum = sumAt(at);
    return operands.size() > 2 ? sum + operands[2].at({at[1]}) : sum;
  });
}

} // namespace cnnc
