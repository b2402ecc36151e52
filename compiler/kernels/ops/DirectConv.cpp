// conv as sums of products, for the algorithms direct and row. Packed filters: see Contraction.h;
// the taps are i, then k with the last spatial dim first.
#include "compiler/kernels/ops/Contraction.h"
#include "compiler/kernels/ops/ConvForms.h"

namespace cnnc {

using namespace Halide;

using Sum = std::function<Expr(const Indices &)>;

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

// The input under the taps of the result at conv.at.
static Expr inputUnderTaps(KernelBuild &build, const ConvParts &conv, const RDom &taps,
                           bool acrossGroups) {
  Expr c = conv.at[1], channel = taps[0];
  if (conv.groups > 1)
    channel += c / (conv.channels / conv.groups) * conv.groupChannels;
  Indices at = {conv.at[0], acrossGroups ? c : channel};
  Indices space = conv.window.inputCoordinates(conv.at, tapIndices(taps, 1));
  at.insert(at.end(), space.begin(), space.end());
  if (!acrossGroups)
    return conv.input.at(at);
  Indices spreadAt = inMemoryOrder(Layout::ChannelsLast, at);
  spreadAt.insert(spreadAt.begin() + 1, taps[0]);
  return spreadInput(build, conv)(spreadAt);
}

// The sums, `layout` telling which of their dims lie side by side.
static Sum productSum(KernelBuild &build, const ConvParts &conv, Layout layout, bool acrossGroups) {
  Func filter = packedFilter(build, conv.filter, conv.channels, conv.window.spatialRank() + 1, 0,
                             [&](const Expr &channel, const Indices &taps, const Indices &) {
                               Indices at = {channel, taps[0]};
                               at.insert(at.end(), taps.rbegin(), taps.rend() - 1);
                               return conv.filter.at(at);
                             });
  Region ranges = conv.window.tapRanges();
  ranges.insert(ranges.begin(), Range(0, conv.groupChannels));
  RDom taps(ranges, build.name("taps"));
  const int tile = channelTile(build);
  Indices filterAt = tapIndices(taps, 0);
  filterAt.insert(filterAt.begin(), conv.at[1] % tile);
  filterAt.push_back(conv.at[1] / tile);

  Func sum(build.name("sum"));
  std::vector<Var> arguments = inMemoryOrder(layout, conv.vars);
  sum(arguments) = 0.0f;
  sum(arguments) += filter(filterAt) * inputUnderTaps(build, conv, taps, acrossGroups);
  build.parts().taps = taps;
  build.parts().accumulator = sum;
  return [sum, layout](const Indices &at) { return sum(inMemoryOrder(layout, at)); };
}

static Sum sumDirect(KernelBuild &build, ConvParts conv) {
  conv.input = borderedInput(build, conv, conv.input.layout);
  return productSum(build, conv, Layout::ChannelsLast, build.parameter("across_groups") != 0);
}

// Vectors run along the rows, so these lie side by side in the sums and, copied, in the input.
static Sum sumRow(KernelBuild &build, ConvParts conv) {
  conv.input = borderedInput(build, conv, Layout::RowMajor);
  return productSum(build, conv, Layout::RowMajor, false);
}

static int64_t directTile(const Schedule &schedule) {
  return schedule.parameters.at("lanes") * schedule.parameters.at("vectors");
}

static int64_t rowTile(const Schedule &schedule) { return schedule.parameters.at("channels"); }

template <int64_t (*tile)(const Schedule &)>
static std::vector<int64_t> shapeInTiles(const Schedule &schedule, const WeightView &weight) {
  return tiledShape(weight, tile(schedule));
}

template <int64_t (*tile)(const Schedule &)>
static std::vector<float> packInTiles(const Schedule &schedule, const WeightView &weight) {
  return packTiles(weight, tile(schedule));
}

ConvForm formDirect() {
  return {shapeInTiles<directTile>, packInTiles<directTile>, directTile, sumDirect};
}

ConvForm formRow() { return {shapeInTiles<rowTile>, packInTiles<rowTile>, rowTile, sumRow}; }

} // namespace cnnc
