#include "compiler/kernels/schedules/RegisterTile.h"

namespace cnnc {

using namespace Halide;

static const Var lane("lane"), vector("vector"), channelTile("channel_tile"), column("column"),
    columnTile("column_tile");

void RegisterTile::splitVectors(Stage stage, const Var &channel) const {
  stage.split(channel, vector, lane, tile.lanes).vectorize(lane).unroll(vector);
}

void RegisterTile::splitChannels(Stage stage, const Loops &loops) const {
  TailStrategy tail = channelTail ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards;
  stage.split(loops.channel, channelTile, vector, tile.channels(), tail);
  splitVectors(stage, vector);
}

std::vector<VarOrRVar> RegisterTile::split(Stage stage, const Loops &loops, int columns) const {
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

// How many products of the innermost taps are unrolled.
static int unrolledTaps(const DirectTile &tile, const Target &target, const RVar &tap) {
  auto extent = Internal::as_const_int(tap.extent());
  // With one vector a broadcast serves one FMA. Unrolled, LLVM lets that overwrite the broadcast
  // and not the sum, and with 16 registers spills the sums.
  bool overwrites = tile.vectors == 1 && target.vectorRegisters < 32;
  if (overwrites || !extent || (*extent > 4 && *extent % 2 != 0))
    return 1;
  return static_cast<int>(*extent <= 4 ? *extent : 2);
}

void RegisterTile::placeSums(const AnchorParts &parts, const Target &target, Func consumer,
                             const Loops &loops, const Var &at) const {
  Func sum = parts.accumulator;
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
  for (int dim = 0; dim < parts.taps.dimensions(); ++dim)
    order.push_back(parts.taps[dim]);
  order.insert(order.end(), loops.outer.begin(), loops.outer.end());
  sum.update().reorder(order);
  if (int taps = unrolledTaps(tile, target, parts.taps[0]); taps > 1)
    sum.update().unroll(parts.taps[0], taps);
}

} // namespace cnnc
