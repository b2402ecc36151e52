// filter_grad: sums of products over pixels in register tiles, for conv_filter_grad.
//
// A tile is `vectors` vectors of `lanes` output channels times `columns` pairs of input channel and
// tap, all accumulators in registers while the pixels of a block run. A pixel loads `vectors`
// vectors of the gradient and broadcasts one input per column; where each output channel has an
// input channel of its own it loads a vector of these. Columns of a tile may belong to different
// taps, so few input channels fill it as well.
//
// A block is `rows` rows of `images` images. Its part of the gradient, `channels` output channels
// side by side, and of the input with its border are copied, which costs little beside the
// products, and has neither short vectors nor lines that evict one another. Then all tiles run
// over it: those of the gradient's vectors outside, whose slice stays in the L1 cache, the columns
// inside.
//
// A task is `channels` output channels times `inputs` input channels and, with `taps_apart`, one row
// of taps. It keeps its part of the total from block to block and at last turns it to the order of
// the result. Nothing is summed across tasks.
#include "compiler/kernels/schedules/Schedules.h"

#include <algorithm>
#include <cmath>

namespace cnnc {

using namespace Halide;

namespace {

/// The parameters of the schedule.
struct GradTile {
  int lanes = 1, vectors = 1, columns = 1;
  int rows = 1, images = 1;
  int channels = 1, inputs = 1; ///< Output and input channels of a task.
  bool tapsApart = false;

  int tileChannels() const { return lanes * vectors; }

  Schedule toSchedule() const {
    return {"filter_grad",
            {{"lanes", lanes},
             {"vectors", vectors},
             {"columns", columns},
             {"rows", rows},
             {"images", images},
             {"channels", channels},
             {"inputs", inputs},
             {"taps_apart", tapsApart}}};
  }
};

/// The op as the choice of its tile sees it; typical sizes where they are symbolic.
struct GradProblem {
  int64_t channels = 1;      ///< Output channels of which a tile may hold some: of a group or all.
  int64_t allChannels = 1;
  bool grouped = false;      ///< Then tiles must divide the channels.
  bool depthwise = false;    ///< Nothing is broadcast.
  int64_t groupChannels = 1; ///< Input channels.
  int64_t taps = 1, outerTaps = 1;
  int64_t width = 1, rows = 1; ///< Of the gradient; with one spatial dim, 1 and its size.
  int64_t images = 1;
  int64_t rowStride = 1, columnStride = 1;

  int64_t columns() const { return groupChannels * taps; }
};

} // namespace

bool appliesFilterGrad(const KernelSpec &spec) {
  return anchorOf(spec).name == "conv_filter_grad";
}

static int64_t typical(int64_t dim, int64_t size) { return dim < 0 ? size : dim; }

static GradProblem problemOf(const KernelSpec &spec) {
  const OpDescription &op = anchorOf(spec);
  const std::vector<int64_t> &gradient = spec.graph.tensor(op.operands[1]).shape;
  const std::vector<int64_t> &kernel = op.getInts("kernel_shape");
  GradProblem problem;
  int64_t groups = op.getInt("groups");
  problem.allChannels = gradient[1];
  problem.depthwise = groups == gradient[1];
  problem.grouped = groups > 1 && !problem.depthwise;
  problem.channels = problem.grouped ? gradient[1] / groups : gradient[1];
  problem.groupChannels = op.result.shape[1];
  for (size_t s = 0; s < kernel.size(); ++s) {
    problem.taps *= kernel[s];
    problem.outerTaps *= s + 1 < kernel.size() ? kernel[s] : 1;
  }
  problem.images = typical(gradient[0], 8);
  bool hasRows = gradient.size() > 3;
  problem.rows = typical(gradient[gradient.size() - (hasRows ? 2 : 1)], hasRows ? 32 : 1024);
  problem.width = hasRows ? typical(gradient.back(), 32) : 1;
  problem.columnStride = op.getInts("strides").back();
  problem.rowStride = hasRows ? op.getInts("strides")[kernel.size() - 2] : problem.columnStride;
  return problem;
}

static double roundedUp(int64_t extent, int64_t piece) {
  return static_cast<double>((extent + piece - 1) / piece * piece);
}

// Cycles of a tile's step over that of its useful FMAs at two a cycle.
static double tileCost(const GradProblem &problem, const GradTile &tile) {
  double accumulators = tile.vectors * tile.columns;
  int64_t columns = tile.tapsApart ? problem.columns() / problem.outerTaps : problem.columns();
  double wasted = roundedUp(problem.channels, tile.tileChannels()) * roundedUp(columns, tile.columns) /
                  static_cast<double>(problem.channels * columns);
  // An FMA takes 4 cycles and two begin in each; loads are two a cycle, too.
  double loads = problem.depthwise ? tile.vectors * (tile.columns + 1) : tile.vectors + tile.columns;
  return wasted * std::max({accumulators, 9.0, 1.1 * loads}) / accumulators;
}

// The sums, the vectors of the gradient, and what is broadcast.
static bool fitsRegisters(const Target &target, const GradProblem &problem, const GradTile &tile) {
  int loaded = problem.depthwise || target.vectorRegisters >= 32 ? 0 : 1;
  return tile.vectors * (tile.columns + 1) + loaded <= target.vectorRegisters;
}

static int lanesFor(const GradProblem &problem, const Target &target) {
  int lanes = target.lanes(4);
  if (problem.grouped)
    while (problem.channels % lanes != 0)
      lanes /= 2;
  while (lanes / 2 >= problem.channels)
    lanes /= 2;
  return lanes;
}

// Blocks of some 256 pixels, so that reading and writing the total weighs little, but whose slices
// of gradient and input stay in the L1 cache.
static void chooseBlocks(const GradProblem &problem, GradTile &tile) {
  constexpr int64_t pixels = 256;
  int64_t rows = std::max<int64_t>(pixels / problem.width, 1);
  if (rows < problem.rows) {
    int64_t blocks = (problem.rows + rows - 1) / rows;
    tile.rows = static_cast<int>((problem.rows + blocks - 1) / blocks);
    return;
  }
  tile.rows = static_cast<int>(problem.rows);
  int64_t images = std::max<int64_t>(pixels / (problem.rows * problem.width), 1);
  tile.images = static_cast<int>(std::min(images, problem.images));
}

// The largest divisor of `size` that is at most `most`.
static int64_t divisorUpTo(int64_t size, int64_t most) {
  int64_t divisor = std::min(size, most);
  while (size % divisor != 0)
    --divisor;
  return divisor;
}

// Channels of a task: 64 x 64, so that each number that is copied goes into many products, or what
// leaves the total a third of the L2 cache; less where threads would find no tasks.
static void chooseTasks(const GradProblem &problem, const Target &target, GradTile &tile) {
  int64_t step = tile.tileChannels(), taps = problem.taps, apart = 1;
  if (tile.tapsApart)
    taps /= problem.outerTaps, apart = problem.outerTaps;
  int64_t tiles = (problem.channels + step - 1) / step, each = 1, inputs = problem.groupChannels;
  if (int64_t divisor = divisorUpTo(inputs, 64); divisor >= 16)
    inputs = divisor;
  auto fits = [&](int64_t more) {
    return more * step <= 64 && 4 * more * step * inputs * taps <= target.l2Bytes / 3;
  };
  while (each < tiles && fits(each + 1))
    ++each;
  auto tasks = [&] {
    return apart * problem.allChannels / problem.channels * ((tiles + each - 1) / each) *
           (problem.groupChannels / inputs);
  };
  while (tasks() < 4 && (each > 1 || inputs % 32 == 0)) {
    if (inputs % 32 == 0 && inputs >= each * step)
      inputs /= 2;
    else if (each > 1)
      each = (each + 1) / 2;
    else
      break;
  }
  while (problem.grouped && tiles % each != 0)
    --each;
  tile.channels = static_cast<int>(each * step);
  tile.inputs = static_cast<int>(inputs);
}

static std::vector<GradTile> gradTiles(const KernelSpec &spec) {
  GradProblem problem = problemOf(spec);
  std::vector<GradTile> tiles;
  GradTile tile;
  tile.lanes = lanesFor(problem, spec.target);
  int64_t tasks = (problem.allChannels + 2 * tile.lanes - 1) / (2 * tile.lanes);
  tile.tapsApart = tasks < 4 && problem.outerTaps > 1 && problem.columns() / problem.outerTaps >= 12;
  for (tile.vectors = 1; tile.vectors <= 4; ++tile.vectors)
    for (tile.columns = 1; tile.columns <= std::min<int64_t>(problem.columns(), 28); ++tile.columns) {
      bool divides = !problem.grouped || problem.channels % tile.tileChannels() == 0;
      bool fills = tile.vectors == 1 || (tile.vectors - 1) * tile.lanes < problem.channels;
      if (divides && fills && fitsRegisters(spec.target, problem, tile))
        tiles.push_back(tile);
    }
  std::stable_sort(tiles.begin(), tiles.end(), [&](const GradTile &a, const GradTile &b) {
    return tileCost(problem, a) < tileCost(problem, b);
  });
  for (GradTile &each : tiles) {
    chooseBlocks(problem, each);
    chooseTasks(problem, spec.target, each);
  }
  return tiles;
}

std::vector<Schedule> spaceFilterGrad(const KernelSpec &spec) {
  std::vector<Schedule> space;
  std::vector<GradTile> tiles = gradTiles(spec);
  for (size_t i = 0; i < std::min<size_t>(tiles.size(), 8); ++i)
    space.push_back(tiles[i].toSchedule());
  for (GradTile tile : {tiles.front(), tiles.front(), tiles.front()}) {
    size_t variant = space.size() - std::min<size_t>(tiles.size(), 8);
    if (variant == 0)
      tile.rows = std::max(tile.rows / 2, 1);
    if (variant == 1)
      tile.rows *= 2;
    if (variant == 2)
      tile.tapsApart = !tile.tapsApart;
    space.push_back(tile.toSchedule());
  }
  return space;
}

double costFilterGrad(const KernelSpec &spec) {
  return tileCost(problemOf(spec), gradTiles(spec).front());
}

namespace {

/// The schedule at work on one kernel.
class FilterGradPlacement {
public:
  explicit FilterGradPlacement(KernelBuild &build);
  void place();

private:
  Var placeOutput();
  void placeTotal(const Var &task);
  void placeBlock();
  void placeCopies();
  void splitTile(Stage stage) const;

  KernelBuild &build;
  GradTile tile;
  int64_t columns = 1; ///< Of a task.
  Func output, total, block;
  Var k{"k"}, j{"j"}, q{"q"}, lane{"lane"}, vector{"vector"}, column{"column"};
  Var channelTile{"channel_tile"}, columnTile{"column_tile"};
};

} // namespace

FilterGradPlacement::FilterGradPlacement(KernelBuild &build)
    : build(build), output(build.output), total(build.anchor.filterGrad.total),
      block(build.anchor.accumulator) {
  tile = {build.parameter("lanes"), build.parameter("vectors"), build.parameter("columns"),
          build.parameter("rows"),  build.parameter("images"),  build.parameter("channels"),
          build.parameter("inputs"), build.parameter("taps_apart") != 0};
  const std::vector<int64_t> &result = anchorOf(build.spec).result.shape;
  columns = tile.inputs;
  for (size_t dim = 2; dim < result.size(); ++dim)
    if (!tile.tapsApart || dim + 1 == result.size())
      columns *= result[dim];
}

// Turns the total of a task into the order of the result; returns the loop over tasks.
Var FilterGradPlacement::placeOutput() {
  const Value &result = build.values.back();
  std::vector<Var> vars = dimVars(result.rank());
  Var channel = vars[0], part("part");
  output.split(channel, part, channel, tile.channels, TailStrategy::GuardWithIf);
  std::vector<Var> arguments = output.args(), tasks = {part};
  int64_t fastest = build.spec.outputLayout == Layout::ChannelsLast
                        ? tile.inputs
                        : result.description.shape.back();
  if (tile.inputs < result.description.shape[1]) {
    Var inputPart("input_part");
    output.split(vars[1], inputPart, vars[1], tile.inputs);
    tasks.push_back(inputPart);
  }
  std::vector<VarOrRVar> order;
  int width = vectorWidth(tile.lanes, fastest);
  if (width > 1) {
    output.split(arguments[0], arguments[0], lane, width, TailStrategy::ShiftInwards)
        .vectorize(lane);
    order.push_back(lane);
  }
  order.push_back(channel);
  for (const Var &argument : arguments) {
    bool apart = false;
    for (size_t dim = 2; tile.tapsApart && dim + 1 < vars.size(); ++dim)
      apart |= argument.name() == vars[dim].name();
    if (argument.name() == channel.name())
      continue;
    if (apart)
      tasks.push_back(argument);
    else
      order.push_back(argument);
  }
  order.insert(order.end(), tasks.begin(), tasks.end());
  output.reorder(order);
  return parallelTask(build, output, tasks);
}

void FilterGradPlacement::splitTile(Stage stage) const {
  stage.split(k, vector, lane, tile.lanes).vectorize(lane).unroll(vector);
}

void FilterGradPlacement::placeTotal(const Var &task) {
  int extent = static_cast<int>((columns + tile.columns - 1) / tile.columns * tile.columns);
  total.compute_at(output, task).bound_extent(k, tile.channels).bound_extent(j, extent).bound_extent(q, 1);
  total.vectorize(k, tile.lanes);
  Stage update = total.update();
  update.split(k, channelTile, k, tile.tileChannels()).split(j, columnTile, column, tile.columns);
  splitTile(update);
  update.unroll(column);
  std::vector<VarOrRVar> order = {lane, vector, column, columnTile, channelTile, q};
  const RDom &blocks = build.anchor.filterGrad.blocks;
  for (int dim = 0; dim < blocks.dimensions(); ++dim)
    order.push_back(blocks[dim]);
  update.reorder(order);
}

void FilterGradPlacement::placeBlock() {
  block.compute_at(total, columnTile);
  std::vector<VarOrRVar> order = {lane, vector, j};
  const RDom &pixels = build.anchor.taps;
  for (int dim = 0; dim < pixels.dimensions(); ++dim)
    order.push_back(pixels[dim]);
  std::vector<Var> arguments = block.args();
  order.insert(order.end(), arguments.begin() + 2, arguments.end()); // Of extent 1.
  for (Stage stage : {Stage(block), Stage(block.update())}) {
    splitTile(stage);
    stage.unroll(j);
  }
  block.update().reorder(order);
}

void FilterGradPlacement::placeCopies() {
  Func gradient = build.anchor.filterGrad.gradient, staged = build.anchor.staged;
  Var blockLoop(build.anchor.filterGrad.blocks[0].name());
  gradient.compute_at(total, blockLoop)
      .bound_extent(gradient.args()[0], tile.tileChannels())
      .vectorize(gradient.args()[0], tile.lanes);
  staged.compute_at(total, blockLoop);
  const OpDescription &op = anchorOf(build.spec);
  bool depthwise = op.getInt("groups") == op.result.shape[0];
  int line = depthwise ? tile.tileChannels() : tile.inputs % 16 == 0 ? 16 : tile.inputs;
  staged.bound_extent(staged.args()[0], line);
  int width = largestDivisor(line, {1, 2, 4, 8, 16});
  width = std::min(width, build.spec.target.lanes(4));
  if (width > 1)
    staged.vectorize(staged.args()[0], width);
}

void FilterGradPlacement::place() {
  if (build.consumer.defined())
    throw KernelError("schedule 'filter_grad' takes no pool or reduction after the anchor");
  placeTotal(placeOutput());
  placeBlock();
  placeCopies();
}

void placeFilterGrad(KernelBuild &build) { FilterGradPlacement(build).place(); }

} // namespace cnnc
