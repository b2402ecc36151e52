#include "compiler/kernels/schedules/Windows.h"

#include <algorithm>

namespace cnnc {

using namespace Halide;

std::vector<Schedule> windowSchedules(const KernelSpec &spec, const std::string &algorithm) {
  const TensorDescription &result = anchorOf(spec).result;
  int64_t channels = result.shape[1], width = result.shape.back();
  int lanes = vectorWidth(spec.target.lanes(sizeInBytes(result.elementType)), channels);
  std::vector<Schedule> space;
  for (int vectors : {2, 1, 4})
    for (int columns : {4, 2, 1, 7, 8}) {
      if (channels >= 0 && vectors * lanes > channels && vectors > 1)
        continue;
      if (vectors * columns > spec.target.vectorRegisters * 3 / 4 ||
          (width >= 0 && columns > width))
        continue;
      for (int rows : {4, 8, 2})
        space.push_back(
            {algorithm,
             {{"lanes", lanes}, {"vectors", vectors}, {"columns", columns}, {"rows", rows}}});
    }
  return space;
}

namespace {

struct WindowTile {
  int channels, lanes, columns, rows;
  bool wholeChannels; ///< A tile of channels always fits; its tail is shifted inwards.
};

} // namespace

static const Var lane("lane"), vector("vector"), channelTile("channel_tile"), column("column"),
    columnTile("column_tile"), block("block");

static void splitChannels(Stage stage, const Var &channel, const WindowTile &tile) {
  stage.split(channel, channelTile, vector, tile.channels, TailStrategy::ShiftInwards)
      .split(vector, vector, lane, tile.lanes)
      .vectorize(lane)
      .unroll(vector);
}

// Returns the loop over blocks of rows.
static Var orderLoops(const KernelBuild &build, Stage stage, const Loops &loops,
                      const WindowTile &tile, int columns) {
  splitChannels(stage, loops.channel, tile);
  stage.split(loops.column, columnTile, column, columns, TailStrategy::ShiftInwards);
  stage.unroll(column);
  std::vector<VarOrRVar> order = {lane, vector, column, channelTile, columnTile};
  std::vector<Var> outer = loops.outer;
  Var task = outer.front();
  if (outer.size() > 1) {
    stage.split(outer.front(), block, outer.front(), tile.rows, TailStrategy::GuardWithIf);
    order.push_back(outer.front());
    order.push_back(block);
    task = block;
  }
  order.insert(order.end(), outer.begin() + 1, outer.end());
  if (outer.size() == 1)
    order.push_back(outer.front());
  stage.reorder(order);
  std::vector<Var> tasks(outer.begin() + 1, outer.end());
  tasks.insert(tasks.begin(), task);
  return parallelTask(build, stage, tasks);
}

void placeWindows(KernelBuild &build) {
  if (build.consumer.defined())
    throw KernelError("schedule '" + build.spec.schedule.algorithm +
                      "' takes no pool or reduction after the anchor");
  const Value &result = build.values.back();
  WindowTile tile{build.parameter("lanes") * build.parameter("vectors"), build.parameter("lanes"),
                  build.parameter("columns"), build.parameter("rows"), true};
  Loops loops = loopsOf(result, 1, result.rank() - 1);
  Var task;
  forColumns(build.output, loops, tile.columns, [&](Stage stage, int columns) {
    task = orderLoops(build, stage, loops, tile, columns);
  });
  placeStaged(build, build.output, task, false);

  Func sum = build.anchor.accumulator;
  sum.compute_at(build.output, channelTile);
  const RDom &taps = build.anchor.taps;
  std::vector<VarOrRVar> order = {lane, vector, loops.column};
  for (int dim = 0; dim < taps.dimensions(); ++dim)
    order.push_back(taps[dim]);
  for (Stage stage : {Stage(sum), Stage(sum.update())})
    stage.split(loops.channel, vector, lane, tile.lanes)
        .vectorize(lane)
        .unroll(vector)
        .unroll(loops.column);
  sum.update().reorder(order);
  auto width = Internal::as_const_int(taps[0].extent());
  if (width && *width <= 7)
    sum.update().unroll(taps[0]);
}

} // namespace cnnc
