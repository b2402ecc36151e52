// winograd: convolutions along one or two dims by F(m, r), with a fraction of the products. A tile
// is of `output_rows` x `output_columns` results.
//
// A block is `tile_rows` rows of `tile_columns` tiles (0: of all tiles of a row), the unit of work
// of a thread; where there are few blocks, these follow one another and the tiles of channels are
// the units (`channel_tasks`). Its input is copied with the border and transformed, for all
// channels; then for each tile of channels the products are summed in register tiles of `vectors`
// vectors x `columns` tiles, one number of the transform after the other, and the results made from
// them. Both should stay in the L2 cache.
#include "compiler/kernels/ConvKinds.h"
#include "compiler/kernels/Flatten.h"
#include "compiler/kernels/WinogradTransform.h"
#include "compiler/kernels/schedules/DirectTile.h"
#include "compiler/kernels/schedules/Schedules.h"

#include <algorithm>
#include <cmath>

namespace cnnc {

using namespace Halide;

namespace {

/// A conv as the choice of its parameters sees it.
struct WinogradProblem {
  double inputs = 1, channels = 1;
  double rows = 1, columns = 56; ///< Of the result.
  double images = 1;
  WinogradTile vertical, horizontal; ///< Along a column and along a row.
  bool pooled = false;
  bool transformsFilter = false; ///< At run time.

  /// The same with tiles of so many outputs; of one along a dim that has nothing to gain.
  WinogradProblem withOutputs(int rows, int columns) const {
    WinogradProblem problem = *this;
    problem.vertical = winogradTile(rows, vertical.taps, vertical.stride);
    problem.horizontal = winogradTile(columns, horizontal.taps, horizontal.stride);
    return problem;
  }
  /// More numbers are too many to unroll.
  bool hasTransforms() const {
    return hasWinogradTransform(vertical) && hasWinogradTransform(horizontal) && outputs() > 1 &&
           numbers() <= 100;
  }
  double outputs() const { return vertical.outputs * horizontal.outputs; }
  double numbers() const { return vertical.size() * horizontal.size(); }
  /// Of a filter in all channels, transformed.
  double filterBytes() const { return 4 * numbers() * inputs * channels; }
};

} // namespace

// True of a max_pool of 2 x 2: its windows each lie in one tile, which has an even number of rows.
static bool poolsInTile(const OpDescription &op) {
  return op.name == "max_pool" && allEqual(op.getInts("kernel_shape"), 2) &&
         allEqual(op.getInts("strides"), 2) && allEqual(op.getInts("dilations"), 1) &&
         op.getString("auto_pad") == "explicit" && allEqual(op.getInts("pads"), 0) &&
         !op.getBool("ceil_mode");
}

// The pool after the anchor, or null.
static const OpDescription *poolOf(const KernelSpec &spec) {
  for (size_t i = static_cast<size_t>(spec.anchor) + 1; i < spec.graph.ops.size(); ++i)
    if (poolsInTile(spec.graph.ops[i]))
      return &spec.graph.ops[i];
  return nullptr;
}

static WinogradProblem problemOf(const KernelSpec &spec) {
  const OpDescription &op = anchorOf(spec);
  const std::vector<int64_t> &filter = spec.graph.tensor(op.operands[1]).shape;
  const std::vector<int64_t> strides = op.getInts("strides");
  auto extent = [&](size_t dim) {
    int64_t value = op.result.shape[dim];
    return value < 0 ? 56.0 : static_cast<double>(value);
  };
  WinogradProblem problem;
  problem.inputs = static_cast<double>(filter[1]);
  problem.channels = static_cast<double>(filter[0]);
  problem.columns = extent(filter.size() - 1);
  problem.horizontal = winogradTile(1, filter.back(), strides.back());
  problem.images = op.result.shape[0] < 0 ? 1 : static_cast<double>(op.result.shape[0]);
  problem.pooled = poolOf(spec) != nullptr;
  size_t input = static_cast<size_t>(op.operands[1]);
  problem.transformsFilter = input >= spec.layouts.size() || spec.layouts[input] != Layout::Packed;
  if (filter.size() == 4) {
    problem.rows = extent(2);
    problem.vertical = winogradTile(1, filter[2], strides[0]);
  }
  return problem;
}

// The problem with each tile that there are transforms for. A pool needs tiles of whole windows.
static std::vector<WinogradProblem> tiled(const WinogradProblem &problem) {
  static constexpr int outputs[] = {2, 4, 6};
  bool hasRows = problem.vertical.taps > 1, hasColumns = problem.horizontal.taps > 1;
  std::vector<WinogradProblem> choices;
  if (problem.pooled && !(hasRows && hasColumns))
    return choices;
  for (int rows : outputs)
    for (int columns : outputs) {
      WinogradProblem choice = problem.withOutputs(rows, columns);
      bool repeated = (!hasRows && rows > outputs[0]) || (!hasColumns && columns > outputs[0]);
      if (!repeated && choice.hasTransforms())
        choices.push_back(choice);
    }
  return choices;
}

bool appliesWinograd(const KernelSpec &spec) {
  const OpDescription &op = anchorOf(spec);
  int64_t rank = op.result.rank();
  if (op.name != "conv" || (rank != 4 && !(rank == 3 && keepsPixelsApart(spec))) ||
      op.getInt("groups") != 1 || op.result.elementType != ElementType::F32 ||
      !allEqual(op.getInts("dilations"), 1) || (hasConsumer(spec) && !poolOf(spec)))
    return false;
  const std::vector<int64_t> &filter = spec.graph.tensor(op.operands[1]).shape;
  return filter[0] >= 8 && filter[1] >= 8 && !tiled(problemOf(spec)).empty();
}

namespace {

/// How a result of rows x columns tiles is cut into blocks.
struct WinogradBlocks {
  double rows, columns;         ///< Of tiles, in the result.
  double tileRows, tileColumns; ///< Of a block.

  double count() const { return std::ceil(rows / tileRows) * std::ceil(columns / tileColumns); }
  int64_t tiles() const { return static_cast<int64_t>(tileRows * tileColumns); }
};

} // namespace

// `extent` cut into pieces of about the same size, of no more than `most`.
static double evenPiece(double extent, double most) {
  return std::ceil(extent / std::ceil(extent / std::clamp(std::floor(most), 1.0, extent)));
}

// Ways to cut the result, the best for one thread first. The transformed input of a block should
// take half of the L2 cache. But few tiles use a filter too seldom for what it takes to read it:
// from a shared cache, or from memory in every block. Where that leaves fewer blocks than two or
// four threads want, there may be so many.
static std::vector<WinogradBlocks> blocksToTry(const WinogradProblem &problem,
                                               const Target &target) {
  double fitting =
      static_cast<double>(target.l2Bytes) / 2 / (4 * problem.numbers() * problem.inputs);
  double least = problem.filterBytes() <= 4 << 20 ? 12 : 24;
  WinogradBlocks blocks;
  blocks.rows = std::ceil(problem.rows / problem.vertical.outputs);
  blocks.columns = std::ceil(problem.columns / problem.horizontal.outputs);
  blocks.tileColumns = evenPiece(blocks.columns, std::max(fitting, least));
  blocks.tileRows = evenPiece(
      blocks.rows, std::max(fitting / blocks.tileColumns, std::ceil(least / blocks.tileColumns)));
  std::vector<WinogradBlocks> choices = {blocks};
  for (int threads : {2, 4}) {
    blocks.tileRows = std::ceil(blocks.rows / threads);
    if (blocks.tileRows < choices.back().tileRows)
      choices.push_back(blocks);
  }
  return choices;
}

// Instructions for a number transformed along one dim: about half as many as the transform is long.
static double transformCost(const WinogradTile &tile) {
  return tile.taps == 1 ? 0 : (tile.points() + 4) / 2.0;
}

namespace {

/// A problem cut into blocks, these shared out to threads, and the register tile.
struct WinogradChoice {
  WinogradProblem problem;
  WinogradBlocks blocks;
  DirectTile tile;
  bool channelTasks = false;
  double cost = 0;      ///< On one thread: see Algorithm::cost.
  double imbalance = 1; ///< On one to four threads.

  Schedule toSchedule() const {
    bool wholeRows = blocks.tileColumns == blocks.columns;
    return {"winograd",
            {{"output_rows", problem.vertical.outputs},
             {"output_columns", problem.horizontal.outputs},
             {"tile_rows", static_cast<int64_t>(blocks.tileRows)},
             {"tile_columns", wholeRows ? 0 : static_cast<int64_t>(blocks.tileColumns)},
             {"channel_tasks", channelTasks},
             {"lanes", tile.lanes},
             {"vectors", tile.vectors},
             {"columns", tile.columns}}};
  }
};

} // namespace

static double costOf(const WinogradChoice &choice, const Target &target) {
  const WinogradProblem &problem = choice.problem;
  const WinogradBlocks &blocks = choice.blocks;
  double columns = std::ceil(blocks.columns / blocks.tileColumns) * blocks.tileColumns;
  double wasted = blocks.rows * columns * problem.outputs() / (problem.rows * problem.columns);
  double taps = problem.vertical.taps * problem.horizontal.taps;
  double products = problem.numbers() / (problem.outputs() * taps);
  double transforms = (transformCost(problem.vertical) + transformCost(problem.horizontal)) *
                      (1 / problem.inputs + 1 / problem.channels);
  // Each block reads the whole filter, from a shared cache or from memory: at some 12 bytes a cycle
  // that has two FMAs. From memory it is a third of that in the small tiles of 16 registers.
  bool slow = problem.filterBytes() > 16 << 20 && target.vectorRegisters < 32;
  double cycles = blocks.count() * problem.filterBytes() / (slow ? 4 : 12);
  double multiplications =
      problem.rows * problem.columns * problem.inputs * problem.channels * taps;
  // A filter is transformed at about half a vector of numbers a cycle, once for all images.
  if (problem.transformsFilter)
    cycles += problem.inputs * problem.channels * problem.numbers() / (target.lanes(4) / 2.0) /
              problem.images;
  double reading = cycles * 2 * target.lanes(4) / multiplications;
  // Most of it happens while products are summed (PrefetchFilter).
  double summing = wasted * products;
  return summing * (0.1 + transforms) + std::max(summing / choice.tile.efficiency, reading);
}

// Shares out the blocks, or where that is better the tiles of channels of each block. All threads
// then wait for one another twice a block.
static void shareOut(WinogradChoice &choice) {
  constexpr double waiting = 0.05;
  const WinogradBlocks &blocks = choice.blocks;
  int64_t channels = static_cast<int64_t>(choice.problem.channels);
  int64_t channelTiles = (channels + choice.tile.channels() - 1) / choice.tile.channels();
  double parts = std::ceil(blocks.columns / blocks.tileColumns) * choice.problem.images;
  auto ofBlocks = [&](int threads) {
    return imbalance(static_cast<int64_t>(blocks.rows), static_cast<int64_t>(blocks.tileRows),
                     static_cast<int64_t>(parts), threads);
  };
  auto ofChannels = [&](int threads) { return imbalance(channelTiles, 1, 1, threads) + waiting; };
  choice.channelTasks = ofChannels(2) + ofChannels(4) < ofBlocks(2) + ofBlocks(4);
  choice.imbalance = choice.channelTasks ? onThreads(ofChannels(2), ofChannels(4))
                                         : onThreads(ofBlocks(2), ofBlocks(4));
}

// All that may pay, the best guess first.
static std::vector<WinogradChoice> choicesOf(const KernelSpec &spec) {
  std::vector<WinogradChoice> choices;
  for (const WinogradProblem &problem : tiled(problemOf(spec))) {
    bool streamed = problem.filterBytes() > static_cast<double>(spec.target.l2Bytes);
    for (const WinogradBlocks &blocks : blocksToTry(problem, spec.target))
      for (const DirectTile &tile : contractionTiles(
               spec.target, static_cast<int64_t>(problem.inputs),
               static_cast<int64_t>(problem.channels), blocks.tiles(), spec.pixelsVary, streamed)) {
        WinogradChoice choice{problem, blocks, tile};
        choice.cost = costOf(choice, spec.target);
        shareOut(choice);
        choices.push_back(choice);
      }
  }
  std::stable_sort(choices.begin(), choices.end(), [](const auto &a, const auto &b) {
    return a.cost * a.imbalance < b.cost * b.imbalance;
  });
  // What is fast on one thread must not be slow on several.
  const double most = choices.front().imbalance + 0.15;
  choices.erase(std::remove_if(choices.begin(), choices.end(),
                               [&](const auto &choice) { return choice.imbalance > most; }),
                choices.end());
  return choices;
}

std::vector<Schedule> spaceWinograd(const KernelSpec &spec) {
  std::vector<Schedule> space;
  for (const WinogradChoice &choice : choicesOf(spec))
    space.push_back(choice.toSchedule());
  return space;
}

double costWinograd(const KernelSpec &spec) { return choicesOf(spec).front().cost; }

namespace {

/// The schedule at work on one kernel.
class WinogradPlacement {
public:
  explicit WinogradPlacement(KernelBuild &build)
      : build(build), parts(build.anchor.winograd), lanes(build.parameter("lanes")),
        channels(build.parameter("lanes") * build.parameter("vectors")),
        columns(build.parameter("columns")),
        problem(
            problemOf(build.spec)
                .withOutputs(build.parameter("output_rows"), build.parameter("output_columns"))),
        channelTasks(build.parameter("channel_tasks") != 0) {}

  void place() {
    Var task = placeOutput();
    placeStaged(build, build.output, task, false);
    placeFilter();
    placeInput(task);
    placeProducts();
    placeColumns();
    // What holds for one column of blocks of one image; Halide does not see it through the ends of
    // the result.
    for (Func func : {parts.input, parts.products})
      for (size_t dim : {func.args().size() - 2, func.args().size() - 1})
        func.bound_extent(func.args()[dim], 1);
  }

private:
  // Blocks of rows of tiles, tiles of channels, then tile by tile. Returns the loop over blocks.
  Var placeOutput() {
    Func output = build.output;
    Loops loops = loopsOf(build.values.back(), 1, 3);
    int pooled = problem.pooled ? 2 : 1;
    Var row = loops.outer[0], batch = loops.outer[1];
    int64_t extent = build.values.back().description.shape[1];
    TailStrategy tail =
        extent % channels == 0 ? TailStrategy::ShiftInwards : TailStrategy::GuardWithIf;
    output.split(loops.channel, channelTile, vector, channels, tail)
        .split(vector, vector, lane, lanes)
        .split(loops.column, tileX, x, problem.horizontal.outputs / pooled,
               TailStrategy::GuardWithIf)
        .split(row, tileY, y, problem.vertical.outputs / pooled, TailStrategy::GuardWithIf)
        .split(tileY, block, tileY, parts.rowsOfBlock, TailStrategy::GuardWithIf)
        .vectorize(lane)
        .unroll(x)
        .unroll(y);
    std::vector<Var> tasks = {block, batch};
    if (build.parameter("tile_columns") > 0) {
      output.split(tileX, blockX, tileX, parts.columnsOfBlock, TailStrategy::GuardWithIf);
      tasks.insert(tasks.begin(), blockX);
    }
    std::vector<VarOrRVar> order = {lane, x, y, vector, tileX, tileY, channelTile};
    order.insert(order.end(), tasks.begin(), tasks.end());
    output.reorder(order);
    if (!channelTasks)
      return parallelTask(build, output, tasks);
    if (isParallel(build))
      output.parallel(channelTile);
    return tasks.front();
  }

  // A filter that is transformed at run time, before all else.
  void placeFilter() {
    Func filter = build.anchor.filter, rows = parts.filterRows;
    if (!filter.defined())
      return;
    Var filterLane = filter.args()[0], c = filter.args()[1], l = filter.args()[2],
        k = filter.args()[3], channelBlock = filter.args()[4];
    filter.compute_root()
        .bound(filterLane, 0, channels)
        .split(filterLane, vector, filterLane, lanes)
        .reorder({filterLane, l, k, vector, c, channelBlock})
        .vectorize(filterLane)
        .unroll(l)
        .unroll(k);
    if (isParallel(build))
      filter.parallel(channelBlock);
    Var rowLane = rows.args()[0], x = rows.args()[2], rowK = rows.args()[3];
    rows.compute_at(filter, vector)
        .bound_extent(rowLane, lanes)
        .vectorize(rowLane, lanes)
        .unroll(x)
        .unroll(rowK);
  }

  void placeInput(const Var &task) {
    Func input = parts.input, rows = parts.rows;
    Var c = input.args()[0], t = input.args()[1], block = input.args()[2], k = input.args()[3],
        l = input.args()[4];
    int width = vectorWidth(build.spec.target.lanes(4),
                            build.spec.graph.tensor(anchorOf(build.spec).operands[0]).shape[1]);
    input.compute_at(build.output, task)
        .split(c, channelTile, lane, width, TailStrategy::GuardWithIf)
        .reorder({lane, l, k, channelTile, block, t})
        .vectorize(lane)
        .unroll(l)
        .unroll(k);
    if (channelTasks && isParallel(build))
      input.split(t, t, x, 4, TailStrategy::GuardWithIf).parallel(t);
    Var channel = rows.args()[0], rowK = rows.args()[2], rowL = rows.args()[3];
    rows.compute_at(input, channelTile)
        .bound_extent(channel, width)
        .vectorize(channel, width)
        .unroll(rowK)
        .unroll(rowL)
        .reorder(channel, rowK, rowL);
  }

  void placeProducts() {
    Func products = parts.products, sum = build.anchor.accumulator;
    Var c = products.args()[0], t = products.args()[1], k = products.args()[2],
        l = products.args()[3];
    Expr tiles = parts.rowsOfBlock * parts.columnsOfBlock,
         rounded = (tiles + columns - 1) / columns * columns;
    products.compute_at(build.output, channelTile)
        .bound_extent(c, channels)
        .bound_storage(t, rounded)
        .split(c, vector, lane, lanes)
        .split(t, column, x, columns, TailStrategy::RoundUp)
        .reorder({lane, vector, x, column, l, k})
        .vectorize(lane)
        .unroll(vector)
        .unroll(x);
    parts.input.bound_storage(t, rounded);
    sum.compute_at(products, column).bound_extent(c, channels);
    for (Stage stage : {Stage(sum), Stage(sum.update())})
      stage.split(c, vector, lane, lanes).vectorize(lane).unroll(vector).unroll(t);
    RVar tap = build.anchor.taps[0], line = build.anchor.taps[1];
    sum.update().reorder({lane, vector, t, tap, line});
    if (build.parameter("vectors") > 1 || build.spec.target.vectorRegisters >= 32)
      sum.update().unroll(tap, 2);
  }

  void placeColumns() {
    Func columnsFunc = parts.columns;
    Var c = columnsFunc.args()[0], tx = columnsFunc.args()[1], ty = columnsFunc.args()[2],
        p = columnsFunc.args()[3], l = columnsFunc.args()[4], n = columnsFunc.args()[5];
    columnsFunc.compute_at(build.output, vector)
        .bound_extent(c, lanes)
        .bound_extent(tx, 1)
        .bound_extent(ty, 1)
        .bound_extent(n, 1)
        .vectorize(c, lanes)
        .reorder(c, p, l)
        .unroll(p)
        .unroll(l);
  }

  KernelBuild &build;
  WinogradParts &parts;
  int lanes, channels, columns;
  WinogradProblem problem;
  bool channelTasks;
  Var lane{"lane"}, vector{"vector"}, channelTile{"channel_tile"}, column{"column"}, x{"xi"},
      y{"yi"}, tileX{"tile_x"}, tileY{"tile_y"}, blockX{"block_x"}, block{"block"};
};

} // namespace

void placeWinograd(KernelBuild &build) { WinogradPlacement(build).place(); }

} // namespace cnnc
