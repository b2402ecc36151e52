#include "compiler/kernels/schedules/Windows.h"
#include "compiler/kernels/ConvKinds.h"
#include "compiler/kernels/schedules/Expansion.h"

#include <algorithm>

namespace cnnc {

using namespace Halide;

// True where the filter of a depthwise conv is too large to be read anew for every tile of columns.
// Otherwise tiles go along the channels first, as the memory does.
static bool keepsFilter(const KernelSpec &spec, const OpDescription &op) {
  if (op.name != "conv")
    return false;
  const std::vector<int64_t> &filter = spec.graph.tensor(op.operands[1]).shape;
  int64_t taps = 1;
  for (size_t dim = 2; dim < filter.size(); ++dim)
    taps *= filter[dim];
  return taps > 9 && 4 * taps * filter[0] > spec.target.l1Bytes / 2;
}

// The columns that a tile may have, the best guess first: those that leave least of a row's last
// tile unused, and four rather than others where little is to be won.
static std::vector<int> columnChoices(int64_t width) {
  std::vector<std::pair<double, int>> choices;
  for (auto [columns, cost] : {std::pair{4, 1.0}, {7, 1.03}, {8, 1.05}, {2, 1.3}, {1, 1.8}})
    if (width < 0 || columns <= width) {
      double computed =
          width < 0 ? 1.0 : static_cast<double>((width + columns - 1) / columns * columns);
      choices.push_back({computed * cost, columns});
    }
  std::stable_sort(choices.begin(), choices.end(),
                   [](const auto &a, const auto &b) { return a.first < b.first; });
  std::vector<int> result;
  for (const auto &[cost, columns] : choices)
    result.push_back(columns);
  return result;
}

std::vector<Schedule> windowSchedules(const KernelSpec &spec, const std::string &algorithm,
                                      const std::vector<int> &rowChoices) {
  const TensorDescription &result = anchorOf(spec).result;
  int64_t channels = result.shape[1], width = result.shape.back();
  int lanes = vectorWidth(spec.target.lanes(sizeInBytes(result.elementType)), channels);
  const bool outer = keepsFilter(spec, anchorOf(spec));
  std::vector<Schedule> space;
  for (bool channelsOuter : {outer, !outer})
    for (int columns : columnChoices(width))
      for (int vectors : {2, 1, 4}) {
        if (channels >= 0 && vectors * lanes > channels && vectors > 1)
          continue;
        if (vectors * columns > spec.target.vectorRegisters * 3 / 4)
          continue;
        for (int rows : rowChoices)
          space.push_back({algorithm,
                           {{"lanes", lanes},
                            {"vectors", vectors},
                            {"columns", columns},
                            {"rows", rows},
                            {"channels_outer", channelsOuter}}});
      }
  return space;
}

namespace {

struct WindowTile {
  int channels = 1, lanes = 1, columns = 1, rows = 1;
  bool channelsOuter = false; ///< A tile of channels stays while the tiles of a row go by.
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

// Splits a stage into tiles; returns its loops from the innermost to the tiles of a row.
static std::vector<VarOrRVar> splitTile(Stage stage, const Loops &loops, const WindowTile &tile,
                                        int columns) {
  splitChannels(stage, loops.channel, tile);
  stage.split(loops.column, columnTile, column, columns, TailStrategy::ShiftInwards);
  stage.unroll(column);
  if (tile.channelsOuter)
    return {lane, vector, column, columnTile, channelTile};
  return {lane, vector, column, channelTile, columnTile};
}

// Returns the loop over blocks of rows.
static Var orderLoops(const KernelBuild &build, Stage stage, const Loops &loops,
                      const WindowTile &tile, int columns) {
  std::vector<VarOrRVar> order = splitTile(stage, loops, tile, columns);
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

// The sums of a tile in registers, a few taps at a time.
static void placeSum(const AnchorParts &parts, Func consumer, const Loops &loops,
                     const WindowTile &tile) {
  Func sum = parts.accumulator;
  sum.compute_at(consumer, tile.channelsOuter ? columnTile : channelTile);
  std::vector<VarOrRVar> order = {lane, vector, loops.column};
  for (int dim = 0; dim < parts.taps.dimensions(); ++dim)
    order.push_back(parts.taps[dim]);
  for (Stage stage : {Stage(sum), Stage(sum.update())})
    stage.split(loops.channel, vector, lane, tile.lanes)
        .vectorize(lane)
        .unroll(vector)
        .unroll(loops.column);
  sum.update().reorder(order);
  auto width = Internal::as_const_int(parts.taps[0].extent());
  if (width && *width <= 7)
    sum.update().unroll(parts.taps[0]);
}

void placeWindows(KernelBuild &build) {
  if (build.consumer.defined())
    throw KernelError("schedule '" + build.spec.schedule.algorithm +
                      "' takes no pool or reduction after the anchor");
  const Value &result = build.values.back();
  WindowTile tile{build.parameter("lanes") * build.parameter("vectors"), build.parameter("lanes"),
                  build.parameter("columns"), build.parameter("rows"),
                  build.parameter("channels_outer") != 0};
  Loops loops = loopsOf(result, 1, result.rank() - 1);
  Var task;
  forColumns(build.output, loops, tile.columns, [&](Stage stage, int columns) {
    task = orderLoops(build, stage, loops, tile, columns);
  });
  // Tiles away from the border read the input itself.
  if (build.expanded.func.defined())
    placeExpansion(build, build.output, task, loops.outer.front());
  else if (!build.anchor.stagesBorder)
    placeStaged(build, build.output, task, false);
  placeSum(build.anchor, build.output, loops, tile);
}

// Two vectors times four columns, or less where there are no more.
static WindowTile tileBefore(const KernelSpec &spec) {
  const OpDescription &conv = *convBefore(spec);
  int64_t channels = conv.result.shape[1], width = conv.result.shape.back();
  WindowTile tile;
  tile.lanes = vectorWidth(spec.target.lanes(4), channels);
  tile.channels = 2 * tile.lanes <= channels ? 2 * tile.lanes : tile.lanes;
  tile.columns = static_cast<int>(width < 0 ? 4 : std::min<int64_t>(width, 4));
  tile.channelsOuter = keepsFilter(spec, conv);
  return tile;
}

void placeWindowsBefore(KernelBuild &build, Func consumer, const Var &at) {
  Func staged = build.anchor.staged;
  const Value &map = build.anchor.stagedValue;
  WindowTile tile = tileBefore(build.spec);
  Loops loops = loopsOf(map, 1, map.rank() - 1);
  staged.compute_at(consumer, at);
  forColumns(staged, loops, tile.columns, [&](Stage stage, int columns) {
    std::vector<VarOrRVar> order = splitTile(stage, loops, tile, columns);
    order.insert(order.end(), loops.outer.begin(), loops.outer.end());
    stage.reorder(order);
  });
  placeSum(build.before, staged, loops, tile);
}

} // namespace cnnc
