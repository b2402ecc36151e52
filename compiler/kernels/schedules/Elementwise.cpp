// elementwise: one nest over the result, vectors along its fastest dim; for elementwise ops and for
// copies (transpose, pad, concat, ...), alone or in chains, everything inlined.
#include "compiler/kernels/schedules/Schedules.h"

#include <algorithm>

namespace cnnc {

using namespace Halide;

// What no other algorithm is for.
bool appliesElementwise(const KernelSpec &spec) {
  const std::vector<Algorithm> &all = algorithms();
  return std::none_of(all.begin(), all.end(), [&](const Algorithm &algorithm) {
    return algorithm.applies != appliesElementwise && algorithm.applies(spec);
  });
}

double costElementwise(const KernelSpec &) { return 1.0; }

std::vector<Schedule> spaceElementwise(const KernelSpec &spec) {
  int64_t bytes = 1;
  for (const OpDescription &op : spec.graph.ops)
    bytes = std::max(bytes, sizeInBytes(op.result.elementType));
  return {{"elementwise", {{"lanes", spec.target.lanes(bytes)}}}};
}

// True where the result has its rows side by side and what it is made of its channels: every other
// loop order takes a cache line for each number of one of them.
static bool turnsChannels(const KernelBuild &build) {
  const Value &result = build.values.back();
  const KernelSpec &spec = build.spec;
  bool fromChannels = false;
  for (size_t i = 0; i < spec.graph.inputs.size(); ++i)
    fromChannels |= spec.layouts[i] == Layout::ChannelsLast &&
                    spec.graph.inputs[i].shape == result.description.shape;
  return spec.outputLayout == Layout::RowMajor && result.rank() >= 3 && fromChannels &&
         result.layout == Layout::ChannelsLast;
}

// Tiles of vectors: computed along the channels, written along the rows.
static void placeTurned(KernelBuild &build, int lanes) {
  const Value &result = build.values.back();
  Loops loops = loopsOf(result, 1, result.rank() - 1);
  int channels = vectorWidth(lanes, result.description.shape[1]);
  Var channelTile("channel_tile"), columnTile("column_tile"), column("column"), channel("channel");
  forColumns(build.output, loops, lanes, [&](Stage stage, int columns) {
    stage.split(loops.column, columnTile, column, columns, TailStrategy::ShiftInwards)
        .split(loops.channel, channelTile, channel, channels, TailStrategy::ShiftInwards)
        .unroll(channel);
    if (columns > 1)
      stage.vectorize(column);
    std::vector<VarOrRVar> order = {column, channel, columnTile, channelTile};
    order.insert(order.end(), loops.outer.begin(), loops.outer.end());
    stage.reorder(order);
    parallelTask(build, stage, loops.outer);
  });
  Func computed = result.func;
  computed.compute_at(build.output, columnTile)
      .bound_extent(loops.channel, channels)
      .vectorize(loops.channel, channels)
      .unroll(loops.column);
}

void placeElementwise(KernelBuild &build) {
  if (build.consumer.defined())
    throw KernelError("schedule 'elementwise' takes no pool or reduction after the anchor");
  Func output = build.output;
  std::vector<Var> arguments = output.args();
  if (arguments.empty())
    return;
  const Value &result = build.values.back();
  if (turnsChannels(build))
    return placeTurned(build, build.parameter("lanes"));
  std::vector<int64_t> extents = inMemoryOrder(build.spec.outputLayout, result.description.shape);
  int lanes = vectorWidth(build.parameter("lanes"), extents.front());
  if (lanes > 1)
    vectorizeFastest(build, output, arguments.front(), extents.front(), lanes);
  if (!isParallel(build))
    return;
  // The outermost loop with more than one step, in blocks where a step is short.
  size_t dim = extents.size() - 1;
  while (dim > 0 && extents[dim] == 1)
    --dim;
  Var task = arguments[dim], inner("inner");
  if (dim == 0)
    output.split(task, task, inner, 1024, TailStrategy::GuardWithIf);
  if (dim == 1)
    output.split(task, task, inner, 16, TailStrategy::GuardWithIf);
  output.parallel(task);
}

} // namespace cnnc
