// row: convolutions of few channels, with vectors along the rows of the result.
//
// Vectors of output channels, which `direct` has, stay half empty where there are few. Here a tile
// is `channels` output channels times `vectors` vectors of `lanes` neighbours of a row; a tap loads
// `vectors` vectors of the input and broadcasts one number of the filter per channel. That needs
// the rows of an input channel side by side: a copy for each block of `rows` rows, which also has
// the border. What this schedule costs beside its sums is turning channels-last memory into rows
// and back.
#include "compiler/kernels/ConvKinds.h"
#include "compiler/kernels/schedules/Schedules.h"

#include <algorithm>
#include <cmath>

namespace cnnc {

using namespace Halide;

namespace {

/// The parameters of the schedule.
struct RowTile {
  int lanes = 1, vectors = 1, channels = 1, rows = 1;

  int columns() const { return lanes * vectors; }
};

/// A conv as the choice of its tile sees it.
struct RowProblem {
  int64_t channels = 1;  ///< Output channels of a group.
  int64_t columns = -1;  ///< Of a row of the result.
  double taps = 1;       ///< Of a group: multiply-adds per element of the result.
  double inputs = 1;     ///< Input channels of a group.
  double inputBytes = 4; ///< Of a row of a group's staged input.
};

} // namespace

bool appliesRow(const KernelSpec &spec) {
  const OpDescription &op = anchorOf(spec);
  return op.name == "conv" && op.getInts("strides").back() == 1 && !hasConsumer(spec) &&
         !convBefore(spec);
}

static RowProblem rowProblem(const KernelSpec &spec) {
  const OpDescription &op = anchorOf(spec);
  const std::vector<int64_t> &filter = spec.graph.tensor(op.operands[1]).shape;
  RowProblem problem;
  problem.channels = filter[0] / op.getInt("groups");
  problem.columns = op.result.shape.back();
  problem.inputs = static_cast<double>(filter[1]);
  for (size_t dim = 1; dim < filter.size(); ++dim)
    problem.taps *= static_cast<double>(filter[dim]);
  double columns = problem.columns < 0 ? 64 : static_cast<double>(problem.columns);
  problem.inputBytes = 4.0 * columns * problem.inputs;
  return problem;
}

// Time over that of the multiplications alone at peak; see Algorithm::cost.
static double tileCost(const RowProblem &problem, const RowTile &tile) {
  double columns = problem.columns < 0 ? 64 : static_cast<double>(problem.columns);
  double tiles = std::ceil(columns / tile.columns());
  double wasted = tiles * tile.columns() / columns;
  double accumulators = tile.vectors * tile.channels;
  double latency = std::max(1.0, 10 / accumulators);
  // Broadcasts are loads, too: an instruction of its own each with 16 registers.
  double loads = tile.vectors + tile.channels;
  double throughput = std::max(accumulators + 0.5, 1.1 * loads) / accumulators;
  // Elements are moved one by one, about one in a cycle; two vectors of sums are done in one.
  double sums = problem.taps / (2.0 * tile.lanes);
  double moves = 1.0 + problem.inputs / static_cast<double>(problem.channels);
  return wasted * latency * throughput + moves / sums;
}

static std::vector<RowTile> rowTiles(const KernelSpec &spec) {
  RowProblem problem = rowProblem(spec);
  const Target &target = spec.target;
  std::vector<RowTile> tiles;
  RowTile tile;
  tile.lanes = vectorWidth(target.lanes(4), problem.columns);
  // The rows of a group under a block should stay in the L1 cache.
  double rows = static_cast<double>(target.l1Bytes) / problem.inputBytes - 2;
  tile.rows = static_cast<int>(std::clamp(rows, 4.0, 16.0));
  for (tile.channels = 1; tile.channels <= 10; ++tile.channels)
    for (tile.vectors = 1; tile.vectors <= 4; ++tile.vectors) {
      // The filter's broadcasts and the input's vectors need registers beside the sums.
      int registers = tile.vectors * (tile.channels + 1) + 2;
      bool fits = registers <= target.vectorRegisters &&
                  (problem.columns < 0 || tile.columns() <= problem.columns);
      if (problem.channels % tile.channels == 0 && (fits || tiles.empty()))
        tiles.push_back(tile);
    }
  std::stable_sort(tiles.begin(), tiles.end(), [&](const RowTile &a, const RowTile &b) {
    return tileCost(problem, a) < tileCost(problem, b);
  });
  return tiles;
}

std::vector<Schedule> spaceRow(const KernelSpec &spec) {
  std::vector<Schedule> space;
  for (const RowTile &tile : rowTiles(spec))
    for (int rows : {tile.rows, 2 * tile.rows, (tile.rows + 1) / 2})
      space.push_back({"row",
                       {{"lanes", tile.lanes},
                        {"vectors", tile.vectors},
                        {"channels", tile.channels},
                        {"rows", rows}}});
  return space;
}

double costRow(const KernelSpec &spec) {
  const RowTile tile = rowTiles(spec).front();
  // Short rows leave lanes idle.
  double idle = static_cast<double>(spec.target.lanes(4)) / tile.lanes;
  return idle * tileCost(rowProblem(spec), tile);
}

namespace {

/// The schedule at work on one kernel.
class RowPlacement {
public:
  explicit RowPlacement(KernelBuild &build)
      : build(build), tile{build.parameter("lanes"), build.parameter("vectors"),
                           build.parameter("channels"), build.parameter("rows")},
        loops(loopsOf(build.values.back(), 1, build.values.back().rank() - 1)) {}

  void place() {
    if (build.consumer.defined())
      throw KernelError("schedule 'row' takes no pool or reduction after the anchor");
    if (build.anchor.filter.defined())
      build.anchor.filter.compute_root();
    Var task = loops.outer.back();
    forColumns(build.output, loops, tile.columns(), [&](Stage stage, int columns) {
      task = placeOutput(stage, columns > 1 ? tile : RowTile{1, 1, tile.channels, tile.rows});
    });
    placeStaged(build, build.output, task, false);
    placeSum();
  }

private:
  // The tiles of the result; returns the loop over blocks of rows.
  Var placeOutput(Stage stage, const RowTile &shape) {
    stage.split(loops.column, columnTile, vector, shape.columns(), TailStrategy::ShiftInwards)
        .split(vector, vector, lane, shape.lanes)
        .split(loops.channel, channelTile, loops.channel, shape.channels)
        .unroll(vector)
        .unroll(loops.channel);
    if (shape.lanes > 1)
      stage.vectorize(lane);
    std::vector<VarOrRVar> order = {lane, vector, loops.channel, columnTile};
    std::vector<Var> tasks = loops.outer;
    if (tasks.size() > 1) {
      stage.split(tasks.front(), block, tasks.front(), shape.rows, TailStrategy::GuardWithIf);
      order.push_back(tasks.front());
      tasks.front() = block;
    }
    order.push_back(channelTile);
    order.insert(order.end(), tasks.begin(), tasks.end());
    stage.reorder(order);
    return parallelTask(build, stage, tasks);
  }

  void placeSum() {
    Func sum = build.anchor.accumulator;
    const RDom &taps = build.anchor.taps;
    sum.compute_at(build.output, columnTile);
    for (Stage stage : {Stage(sum), Stage(sum.update())})
      stage.split(loops.column, vector, lane, tile.lanes)
          .vectorize(lane)
          .unroll(vector)
          .unroll(loops.channel);
    std::vector<VarOrRVar> order = {lane, vector, loops.channel};
    for (int dim = 0; dim < taps.dimensions(); ++dim)
      order.push_back(taps[dim]);
    order.insert(order.end(), loops.outer.begin(), loops.outer.end());
    sum.update().reorder(order);
  }

  KernelBuild &build;
  RowTile tile;
  Loops loops;
  Var lane{"lane"}, vector{"vector"}, columnTile{"column_tile"}, channelTile{"channel_tile"},
      block{"block"};
};

} // namespace

void placeRow(KernelBuild &build) { RowPlacement(build).place(); }

} // namespace cnnc
