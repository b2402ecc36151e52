// direct: sums of products in register tiles, for conv, linear and matmul.
//
// A tile is `vectors` vectors of `lanes` output channels times `columns` neighbours of a row, all
// accumulators in registers while the taps run. A tap loads `vectors` vectors of the packed filter
// and broadcasts one input per column. Around the tiles, from inside out: the tiles of a row,
// `rows` rows, all channel tiles, then the next rows: a block, a task for a thread. With
// `channel_parts` > 1 the channel tiles are cut into so many parts, each a task for every block.
// With `channels_outer` the channel tiles go outermost, which pays where the filter is larger than
// the input. The input's border, where it has one, is a copy made for each block of rows (or, with
// channels_outer, once). Rows of taps in the padding are skipped (ops/DirectConv.cpp).
//
// Groups narrower than a vector share one (`across_groups`): lanes of different groups want
// different inputs, so the input under a channel tile is copied with these side by side.
//
// A pool after the conv: its rows make the blocks, and the conv's rows that a block reads are
// computed for a channel tile at a time, never all of them.
#include "compiler/kernels/schedules/DirectTile.h"
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
  void placeAccumulator(Func consumer, const Loops &loops, const Var &at);
  void splitVectors(Stage stage, const Var &channel) const;
  std::vector<VarOrRVar> splitTile(Stage stage, const Loops &loops, int columns) const;
  Var orderBlocks(Stage stage, const Loops &loops, std::vector<VarOrRVar> order) const;
  void splitChannels(Stage stage, const Loops &loops) const;

  KernelBuild &build;
  DirectTile tile;
  bool isConv, channelTail = false;
  // Names of the loops that splitting makes.
  Var lane{"lane"}, vector{"vector"}, channelTile{"channel_tile"};
  Var column{"column"}, columnTile{"column_tile"}, block{"block"}, part{"part"};
};

} // namespace

DirectPlacement::DirectPlacement(KernelBuild &build)
    : build(build), isConv(anchorOf(build.spec).name == "conv") {
  tile = {build.parameter("lanes"),
          build.parameter("vectors"),
          build.parameter("columns"),
          build.parameter("rows"),
          build.parameter("channel_parts"),
          build.parameter("channels_outer") != 0,
          build.parameter("across_groups") != 0};
  if (build.anchor.channelDim < 0)
    return;
  int64_t channels =
      anchorOf(build.spec).result.shape[static_cast<size_t>(build.anchor.channelDim)];
  channelTail = channels < 0 || channels % tile.channels() != 0;
}

void DirectPlacement::placeFilter() {
  if (!build.anchor.filter.defined())
    return;
  build.anchor.filter.compute_root().bound(lane, 0, tile.channels()).vectorize(lane, tile.lanes);
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

void DirectPlacement::splitVectors(Stage stage, const Var &channel) const {
  stage.split(channel, vector, lane, tile.lanes).vectorize(lane).unroll(vector);
}

void DirectPlacement::splitChannels(Stage stage, const Loops &loops) const {
  TailStrategy tail = channelTail ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards;
  stage.split(loops.channel, channelTile, vector, tile.channels(), tail);
  splitVectors(stage, vector);
}

// Splits a stage into register tiles; returns its loops from the innermost to the tiles of a row.
std::vector<VarOrRVar> DirectPlacement::splitTile(Stage stage, const Loops &loops,
                                                  int columns) const {
  std::vector<VarOrRVar> order;
  if (loops.hasChannel) {
    splitChannels(stage, loops);
    order = {lane, vector};
  }
  if (loops.hasColumn) {
    stage.split(loops.column, columnTile, column, columns, TailStrategy::ShiftInwards);
    stage.unroll(column);
    order.insert(order.end(), {column, columnTile});
  }
  return order;
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
      int64_t channels =
          anchorOf(build.spec).result.shape[static_cast<size_t>(build.anchor.channelDim)];
      int tiles = static_cast<int>((channels + tile.channels() - 1) / tile.channels());
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

// Computes the accumulators of a tile where the consumer needs them: the tile's loops innermost and
// unrolled, then the taps.
void DirectPlacement::placeAccumulator(Func consumer, const Loops &loops, const Var &at) {
  Func sum = build.anchor.accumulator;
  sum.compute_at(consumer, at);
  if (channelTail)
    sum.bound_extent(loops.channel, tile.channels());
  std::vector<VarOrRVar> order;
  for (Stage stage : {Stage(sum), Stage(sum.update())}) {
    if (loops.hasChannel)
      splitVectors(stage, loops.channel);
    if (loops.hasColumn)
      stage.unroll(loops.column);
  }
  if (loops.hasChannel)
    order = {lane, vector};
  if (loops.hasColumn)
    order.push_back(loops.column);
  const RDom &taps = build.anchor.taps;
  for (int dim = 0; dim < taps.dimensions(); ++dim)
    order.push_back(taps[dim]);
  order.insert(order.end(), loops.outer.begin(), loops.outer.end());
  sum.update().reorder(order);
  Expr range = taps[0].extent();
  auto extent = Internal::as_const_int(range);
  // With one vector a broadcast serves one FMA. Unrolled, LLVM lets that overwrite the broadcast
  // and not the sum, and with 16 registers spills the sums.
  bool overwrites = tile.vectors == 1 && build.spec.target.vectorRegisters < 32;
  if (!overwrites && extent && (*extent <= 4 || *extent % 2 == 0))
    sum.update().unroll(taps[0], static_cast<int>(*extent <= 4 ? *extent : 2));
}

// The anchor's result with what follows it up to the consumer: in register tiles, rounded up.
void DirectPlacement::placeConsumed(Func consumer, const Var &at) {
  Func consumed = build.consumed.func;
  Loops loops = loopsOf(build.consumed, build.anchor.channelDim, build.anchor.columnDim);
  consumed.compute_at(consumer, at).bound_extent(loops.channel, tile.channels());
  consumed.split(loops.column, columnTile, column, tile.columns, TailStrategy::RoundUp)
      .unroll(column);
  splitVectors(consumed, loops.channel);
  std::vector<VarOrRVar> order = {lane, vector, column, columnTile};
  order.insert(order.end(), loops.outer.begin(), loops.outer.end());
  consumed.reorder(order);
  placeAccumulator(consumed, loops, columnTile);
}

// A pool: for a block of its rows, a channel tile at a time, the conv's rows under the block.
void DirectPlacement::placePool() {
  Func output = build.output, pool = build.consumer;
  Loops loops = loopsOf(build.values.back(), build.anchor.channelDim, build.anchor.columnDim);
  splitChannels(output, loops);
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
  splitChannels(output, loops);
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
  splitVectors(consumer, loops.channel);
  splitVectors(consumer.update(), loops.channel);
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
    task = orderBlocks(stage, loops, splitTile(stage, loops, columns));
  });
  bool once = tile.channelsOuter || loops.outer.empty();
  placeInput(build.output, task, channelTile, once);
  Var around = loops.hasColumn ? columnTile : loops.hasChannel ? channelTile : Var::outermost();
  placeAccumulator(build.output, loops, around);
}

void placeDirect(KernelBuild &build) { DirectPlacement(build).place(); }

bool appliesDirect(const KernelSpec &spec) {
  const std::string &name = anchorOf(spec).name;
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
