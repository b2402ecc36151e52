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
// A task is `channels` output channels times `inputs` input channels, over all blocks; its part of
// the total stays in the cache and is at last turned to the order of the result. Where the result
// is small, tasks share out the blocks instead: each of `sums` totals is of a part of them, and all
// are added in their order when they are there. So nothing is copied twice, and results are the
// same whatever the number of threads.
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
  int sums = 1;
  bool sumsOfRows = false; ///< They share out rows, not images.

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
             {"sums", sums},
             {"sums_of_rows", sumsOfRows}}};
  }
};

/// The op as the choice of its tile sees it; typical sizes where they are symbolic.
struct GradProblem {
  int64_t channels = 1; ///< Output channels of which a tile may hold some: of a group or all.
  int64_t allChannels = 1;
  bool grouped = false;      ///< Then tiles must divide the channels.
  bool depthwise = false;    ///< Nothing is broadcast.
  int64_t groupChannels = 1; ///< Input channels.
  int64_t taps = 1;
  int64_t width = 1, rows = 1; ///< Of the gradient; with one spatial dim, 1 and its size.
  int64_t images = 1;

  int64_t columns() const { return groupChannels * taps; }
};

} // namespace

bool appliesFilterGrad(const KernelSpec &spec) { return anchorOf(spec).name == "conv_filter_grad"; }

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
  for (int64_t size : kernel)
    problem.taps *= size;
  problem.images = typical(gradient[0], 8);
  bool hasRows = gradient.size() > 3;
  problem.rows = typical(gradient[gradient.size() - (hasRows ? 2 : 1)], hasRows ? 32 : 1024);
  problem.width = hasRows ? typical(gradient.back(), 32) : 1;
  return problem;
}

static double roundedUp(int64_t extent, int64_t piece) {
  return static_cast<double>((extent + piece - 1) / piece * piece);
}

// Cycles of a tile's step over that of its useful FMAs at two a cycle.
static double tileCost(const GradProblem &problem, const GradTile &tile) {
  double accumulators = tile.vectors * tile.columns;
  int64_t columns = problem.columns();
  double wasted = roundedUp(problem.channels, tile.tileChannels()) *
                  roundedUp(columns, tile.columns) /
                  static_cast<double>(problem.channels * columns);
  // An FMA takes 4 cycles and two begin in each; loads are two a cycle, too.
  double loads =
      problem.depthwise ? tile.vectors * (tile.columns + 1) : tile.vectors + tile.columns;
  return wasted * std::max({accumulators + 1.5, 9.5, 1.1 * loads}) / accumulators;
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

// True where several sums of the result stay in a cache, and there are blocks to share out.
static bool maySum(const GradProblem &problem, const Target &target, const GradTile &tile) {
  int64_t blocks = (problem.rows + tile.rows - 1) / tile.rows * problem.images / tile.images;
  return 4 * problem.allChannels * problem.columns() <= target.l2Bytes / 3 && blocks >= 8;
}

// Sums, each of all channels.
static void chooseSums(const GradProblem &problem, GradTile &tile) {
  int64_t step = tile.tileChannels(), tiles = (problem.channels + step - 1) / step;
  tile.channels = static_cast<int>(tiles * step);
  tile.inputs = static_cast<int>(problem.groupChannels);
  tile.sums = 4;
  // Of images, or of rows where there are fewer images.
  tile.sumsOfRows = problem.images / tile.images < tile.sums;
}

// Channels of a task: 64 x 64, so that each number that is copied goes into many products, or what
// leaves the total a third of the L2 cache; less where threads would find no tasks.
static void chooseTasks(const GradProblem &problem, const Target &target, GradTile &tile) {
  int64_t step = tile.tileChannels(), groups = problem.allChannels / problem.channels;
  int64_t tiles = (problem.channels + step - 1) / step, each = 1, inputs = problem.groupChannels;
  if (int64_t divisor = divisorUpTo(inputs, 64); divisor >= 16)
    inputs = divisor;
  auto fits = [&](int64_t more) {
    return more * step <= 64 && 4 * more * step * inputs * problem.taps <= target.l2Bytes / 3;
  };
  while (each < tiles && fits(each + 1))
    ++each;
  auto tooFew = [&] {
    return groups * ((tiles + each - 1) / each) * (problem.groupChannels / inputs) < 4;
  };
  while (tooFew() && (each > 1 || inputs % 32 == 0)) {
    if (inputs % 32 == 0 && (inputs >= each * step || each == 1))
      inputs /= 2;
    else
      each = (each + 1) / 2;
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
  for (tile.vectors = 1; tile.vectors <= 4; ++tile.vectors)
    for (tile.columns = 1; tile.columns <= std::min<int64_t>(problem.columns(), 28);
         ++tile.columns) {
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
    if (maySum(problem, spec.target, each))
      chooseSums(problem, each);
    else
      chooseTasks(problem, spec.target, each);
  }
  return tiles;
}

// The best tiles, then the best of all in other blocks, and without sums where it has some.
std::vector<Schedule> spaceFilterGrad(const KernelSpec &spec) {
  std::vector<GradTile> tiles = gradTiles(spec);
  tiles.resize(std::min<size_t>(tiles.size(), 8));
  GradTile half = tiles.front(), twice = half, alone = half;
  half.rows = std::max(half.rows / 2, 1);
  twice.rows *= 2;
  if (alone.sums > 1) {
    alone.sums = 1;
    alone.sumsOfRows = false;
    chooseTasks(problemOf(spec), spec.target, alone);
  }
  tiles.insert(tiles.end(), {half, twice, alone});
  std::vector<Schedule> space;
  for (const GradTile &tile : tiles)
    if (Schedule schedule = tile.toSchedule();
        std::find(space.begin(), space.end(), schedule) == space.end())
      space.push_back(std::move(schedule));
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
  void placeCopy(Func copy, int line) const;
  void splitTile(Stage stage) const;

  KernelBuild &build;
  GradTile tile;
  int64_t columns = 1; ///< Of a task.
  Func output, total, block;
  Var k{"k"}, j{"j"}, q{"q"}, sum{"sum"}, lane{"lane"}, vector{"vector"}, column{"column"};
  Var channelTile{"channel_tile"}, columnTile{"column_tile"};
};

} // namespace

FilterGradPlacement::FilterGradPlacement(KernelBuild &build)
    : build(build), output(build.output), total(build.anchor.filterGrad.total),
      block(build.anchor.accumulator) {
  tile = {
      build.parameter("lanes"),  build.parameter("vectors"), build.parameter("columns"),
      build.parameter("rows"),   build.parameter("images"),  build.parameter("channels"),
      build.parameter("inputs"), build.parameter("sums"),    build.parameter("sums_of_rows") != 0};
  const std::vector<int64_t> &result = anchorOf(build.spec).result.shape;
  columns = tile.inputs;
  for (size_t dim = 2; dim < result.size(); ++dim)
    columns *= result[dim];
}

// Turns the total into the order of the result, the part of a task at a time; returns the loop over
// these.
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
  for (const Var &argument : arguments)
    if (argument.name() != channel.name())
      order.push_back(argument);
  order.insert(order.end(), tasks.begin(), tasks.end());
  output.reorder(order);
  return parallelTask(build, output, tasks);
}

void FilterGradPlacement::splitTile(Stage stage) const {
  stage.split(k, vector, lane, tile.lanes).vectorize(lane).unroll(vector);
}

// The total of a task, or of all tasks where these are sums.
void FilterGradPlacement::placeTotal(const Var &task) {
  auto roundUp = [](int64_t extent, int64_t piece) {
    return static_cast<int>((extent + piece - 1) / piece * piece);
  };
  const std::vector<int64_t> &result = anchorOf(build.spec).result.shape;
  bool isWhole = tile.sums > 1;
  if (isWhole)
    total.compute_root();
  else
    total.compute_at(output, task);
  total.bound_extent(k, isWhole ? roundUp(result[0], tile.channels) : tile.channels)
      .bound_extent(j, roundUp(columns, tile.columns))
      .bound_extent(q, isWhole ? static_cast<int>(result[1]) / tile.inputs : 1)
      .bound_extent(sum, tile.sums)
      .vectorize(k, tile.lanes);
  Var part("part");
  Stage update = total.update();
  update.split(k, part, k, tile.channels)
      .split(k, channelTile, k, tile.tileChannels())
      .split(j, columnTile, column, tile.columns);
  splitTile(update);
  std::vector<VarOrRVar> order = {lane, vector, column, columnTile, channelTile};
  for (int dim = 0; dim < build.anchor.filterGrad.blocks.dimensions(); ++dim)
    order.push_back(build.anchor.filterGrad.blocks[dim]);
  order.insert(order.end(), {part, q, sum});
  update.unroll(column).reorder(order);
  if (isWhole)
    parallelTask(build, update, {part, q, sum});
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

// The copy of a block, read as the operand lies: all lines of a pixel, then the next. A line is a
// vector, or with a single channel a vector is a part of a row.
void FilterGradPlacement::placeCopy(Func copy, int line) const {
  std::vector<Var> arguments = copy.args();
  Var channel = arguments.front(), row = arguments[1];
  copy.compute_at(total, Var(build.anchor.filterGrad.blocks[0].name())).bound_extent(channel, line);
  if (line == 1) {
    // Vectors pay where most of a row is away from the border.
    int64_t width = build.spec.graph.tensor(anchorOf(build.spec).operands[1]).shape.back();
    if (width < 0 || width >= 64)
      copy.vectorize(row, build.spec.target.lanes(4), TailStrategy::GuardWithIf);
    return;
  }
  std::vector<VarOrRVar> order = {channel, arguments.back()};
  order.insert(order.end(), arguments.begin() + 1, arguments.end() - 1);
  copy.reorder(order);
  int width = 1;
  while (width < 16 && line % (2 * width) == 0)
    width *= 2;
  copy.vectorize(channel, width);
}

void FilterGradPlacement::place() {
  if (build.consumer.defined())
    throw KernelError("schedule 'filter_grad' takes no pool or reduction after the anchor");
  placeTotal(placeOutput());
  placeBlock();
  const FilterGradParts &parts = build.anchor.filterGrad;
  placeCopy(parts.gradient, parts.gradientLine);
  placeCopy(build.anchor.staged, parts.inputLine);
}

void placeFilterGrad(KernelBuild &build) { FilterGradPlacement(build).place(); }

} // namespace cnnc
