// direct: sums of products in register tiles, for conv, linear and matmul.
//
// A tile is `vectors` vectors of `lanes` output channels times `columns` neighbours of a row, all
// accumulators in registers while the taps run. A tap loads `vectors` vectors of the packed filter
// and broadcasts one input per column. Around the tiles, from inside out: the tiles of a row,
// `rows` rows, all channel tiles, then the next rows: a block, a task for a thread. With
// `channel_parts` > 1 the channel tiles are cut into so many parts, each a task for every block.
// With `channels_outer` the channel tiles go outermost, which pays where the filter is larger than
// the input. The input's border, where it has one, is a copy made for each block of rows (or, with
// channels_outer, once).
//
// Groups narrower than a vector share one (`across_groups`): lanes of different groups want
// different inputs, so the input under a channel tile is copied with these side by side.
//
// A pool after the conv: its rows make the blocks, and the conv's rows that a block reads are
// computed for a channel tile at a time, never all of them.
#include "compiler/kernels/ConvKinds.h"
#include "compiler/kernels/schedules/DirectTile.h"
#include "compiler/kernels/schedules/RegisterTile.h"
#include "compiler/kernels/schedules/Schedules.h"
#include "compiler/kernels/schedules/Windows.h"

namespace cnnc {

using namespace Halide;

namespace {

/// The direct schedule at work on one kernel.
class DirectPlacement {
public:
  explicit DirectPlacement(KernelBuild &build);
  void place();

private:
  void placeFilter();
  void placeInput(Func consumer, const Var &blockLoop, const Var &tileLoop, bool atRoot);
  void placeConsumed(Func consumer, const Var &at);
  void placePool();
  void placeReduction();
  void placeConsumerTile(const Loops &loops);
  Var orderBlocks(Stage stage, const Loops &loops, std::vector<VarOrRVar> order) const;

  KernelBuild &build;
  DirectTile tile;
  RegisterTile registers;
  bool isConv;
  // Names of the loops that splitting makes.
  Var lane{"lane"}, vector{"vector"}, channelTile{"channel_tile"};
  Var column{"column"}, columnTile{"column_tile"}, block{"block"}, part{"part"};
};

} // namespace

static DirectTile tileOf(const KernelBuild &build) {
  return {build.parameter("lanes"),
          build.parameter("vectors"),
          build.parameter("columns"),
          build.parameter("rows"),
          build.parameter("channel_parts"),
          build.parameter("channels_outer") != 0,
          build.parameter("across_groups") != 0};
}

static int64_t channelsOf(const KernelBuild &build) {
  int dim = build.anchor.channelDim;
  return dim < 0 ? 0 : anchorOf(build.spec).result.shape[static_cast<size_t>(dim)];
}

DirectPlacement::DirectPlacement(KernelBuild &build)
    : build(build), tile(tileOf(build)), registers(tile, channelsOf(build)),
      isConv(anchorOf(build.spec).name == "conv") {}

void DirectPlacement::placeFilter() {
  if (!build.anchor.filter.defined())
    return;
  // The taps of one pair of channels lie side by side where the filter comes from: they are read
  // together, while the lanes' cache lines are at hand.
  Func filter = build.anchor.filter;
  std::vector<Var> arguments = filter.args();
  Var vector("vector"), block = arguments[1 + static_cast<size_t>(build.anchor.taps.dimensions())];
  filter.compute_root().bound(lane, 0, tile.channels()).split(lane, vector, lane, tile.lanes);
  std::vector<VarOrRVar> order = {lane};
  for (int tap = 1; tap < build.anchor.taps.dimensions(); ++tap)
    order.push_back(arguments[1 + static_cast<size_t>(tap)]);
  order.insert(order.end(), {arguments[1], vector});
  filter.vectorize(lane).reorder(order);
  if (isParallel(build))
    filter.parallel(block);
}

// The anchor's input at the loop over blocks; spread, where a channel tile of a block begins.
void DirectPlacement::placeInput(Func consumer, const Var &blockLoop, const Var &tileLoop,
                                 bool atRoot) {
  const OpDescription &anchor = anchorOf(build.spec);
  if (build.before.accumulator.defined())
    return placeWindowsBefore(build, consumer, blockLoop);
  if (!tile.acrossGroups && isConv && anchor.getInt("groups") > 1) {
    // The rows of one group, side by side: as a part of all channels, they would lie far apart.
    int64_t inputs = build.spec.graph.tensor(anchor.operands[1]).shape[1];
    return placeStaged(build, consumer, tileLoop, false, inputs);
  }
  if (!tile.acrossGroups)
    return placeStaged(build, consumer, blockLoop, atRoot);
  Func spread = build.anchor.staged;
  Var channel = spread.args()[0], input = spread.args()[1];
  spread.compute_at(consumer, tileLoop).bound_extent(channel, tile.channels());
  // As one vector, so that Halide sees loads of whole vectors, shuffled, and not single elements.
  spread.vectorize(channel).vectorize(input);
}

// Makes blocks of a stage's rows (with one spatial dim: of its column tiles) and orders its loops.
// Returns the loop over blocks.
Var DirectPlacement::orderBlocks(Stage stage, const Loops &loops,
                                 std::vector<VarOrRVar> order) const {
  std::vector<Var> outer = loops.outer, tasks;
  bool hasRows = isConv && outer.size() > 1;
  if (tile.channelsOuter && !build.consumer.defined()) {
    order.insert(order.end(), outer.begin(), outer.end());
    tasks = {channelTile};
  } else {
    if (hasRows) {
      stage.split(outer.front(), block, outer.front(), tile.rows, TailStrategy::GuardWithIf);
      order.push_back(outer.front());
      outer.erase(outer.begin());
      tasks = {block};
    } else if (loops.hasColumn) {
      stage.split(columnTile, block, columnTile, tile.rows, TailStrategy::GuardWithIf);
      tasks = {block};
    }
    if (loops.hasChannel)
      order.push_back(channelTile);
    if (tile.channelParts > 1) {
      int tiles = static_cast<int>((channelsOf(build) + tile.channels() - 1) / tile.channels());
      int each = (tiles + tile.channelParts - 1) / tile.channelParts;
      stage.split(channelTile, part, channelTile, each, TailStrategy::GuardWithIf);
      tasks.push_back(part);
    }
    tasks.insert(tasks.end(), outer.begin(), outer.end());
  }
  order.insert(order.end(), tasks.begin(), tasks.end());
  if (order.size() > 1)
    stage.reorder(order);
  if (tasks.empty())
    return channelTile;
  return parallelTask(build, stage, tasks);
}

// The anchor's result with what follows it up to the consumer: in register tiles, rounded up.
void DirectPlacement::placeConsumed(Func consumer, const Var &at) {
  Func consumed = build.consumed.func;
  Loops loops = loopsOf(build.consumed, build.anchor.channelDim, build.anchor.columnDim);
  consumed.compute_at(consumer, at).bound_extent(loops.channel, tile.channels());
  consumed.split(loops.column, columnTile, column, tile.columns, TailStrategy::RoundUp)
      .unroll(column);
  registers.splitVectors(consumed, loops.channel);
  std::vector<VarOrRVar> order = {lane, vector, column, columnTile};
  order.insert(order.end(), loops.outer.begin(), loops.outer.end());
  consumed.reorder(order);
  registers.placeSums(build.anchor, build.spec.target, consumed, loops, columnTile);
}

// A pool: for a block of its rows, a channel tile at a time, the conv's rows under the block.
void DirectPlacement::placePool() {
  Func output = build.output, pool = build.consumer;
  Loops loops = loopsOf(build.values.back(), build.anchor.channelDim, build.anchor.columnDim);
  registers.splitChannels(output, loops);
  Loops rows = loops;
  rows.hasColumn = false;
  Var task = orderBlocks(output, rows, {lane, vector, loops.column});
  placeInput(output, task, channelTile, false);
  placeConsumed(output, channelTile);
  pool.compute_at(output, loops.column).bound_extent(loops.channel, tile.channels());
  placeConsumerTile(loops);
}

// A reduction over space: the conv's rows one at a time.
void DirectPlacement::placeReduction() {
  Func output = build.output, reduction = build.consumer;
  const Value &result = build.values.back();
  Loops loops = loopsOf(result, 1, -1);
  registers.splitChannels(output, loops);
  std::vector<VarOrRVar> order = {lane, vector, channelTile};
  order.insert(order.end(), loops.outer.begin(), loops.outer.end());
  output.reorder(order);
  if (isParallel(build))
    output.parallel(loops.outer.back());
  reduction.compute_at(output, channelTile).bound_extent(loops.channel, tile.channels());
  placeConsumerTile(loops);
  RVar row = build.consumerTaps[build.consumerTaps.dimensions() - 1];
  Var rowLoop(row.name());
  placeInput(reduction, rowLoop, rowLoop, false);
  placeConsumed(reduction, rowLoop);
}

// Vectors of channels in the consumer's own accumulator, its taps around them.
void DirectPlacement::placeConsumerTile(const Loops &loops) {
  Func consumer = build.consumer;
  registers.splitVectors(consumer, loops.channel);
  registers.splitVectors(consumer.update(), loops.channel);
  std::vector<VarOrRVar> order = {lane, vector};
  for (int dim = 0; dim < build.consumerTaps.dimensions(); ++dim)
    order.push_back(build.consumerTaps[dim]);
  consumer.update().reorder(order);
}

void DirectPlacement::place() {
  placeFilter();
  if (build.consumer.defined()) {
    return build.consumerName.find("pool") != std::string::npos ? placePool() : placeReduction();
  }
  Loops loops = loopsOf(build.values.back(), build.anchor.channelDim, build.anchor.columnDim);
  Var task;
  forColumns(build.output, loops, tile.columns, [&](Stage stage, int columns) {
    task = orderBlocks(stage, loops, registers.split(stage, loops, columns));
  });
  bool once = tile.channelsOuter || loops.outer.empty();
  placeInput(build.output, task, channelTile, once);
  Var around = loops.hasColumn ? columnTile : loops.hasChannel ? channelTile : Var::outermost();
  registers.placeSums(build.anchor, build.spec.target, build.output, loops, around);
}

void placeDirect(KernelBuild &build) { DirectPlacement(build).place(); }

bool appliesDirect(const KernelSpec &spec) {
  const std::string &name = anchorOf(spec).name;
  if (convBefore(spec) && isDepthwise(spec, anchorOf(spec)))
    return false;
  return name == "conv" || name == "linear" || name == "matmul";
}

double costDirect(const KernelSpec &spec) { return directCost(spec); }

std::vector<Schedule> spaceDirect(const KernelSpec &spec) {
  std::vector<Schedule> space;
  for (const DirectTile &tile : directTiles(spec))
    space.push_back(tile.toSchedule());
  return space;
}

} // namespace cnnc
