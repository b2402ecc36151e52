// Which tiles may pay for conv_filter_grad, in which blocks and tasks, and what they cost.
#include "compiler/kernels/schedules/FilterGradTile.h"
#include "compiler/kernels/schedules/Schedules.h"

#include <algorithm>

namespace cnnc {

namespace {

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
  // The columns are numbered as the result lies. Where the taps go first, a tile has all taps of
  // its input channels, or some of one: they lie at fixed distances.
  bool tapsFirst = spec.outputLayout == Layout::RowMajor;
  for (tile.vectors = 1; tile.vectors <= 4; ++tile.vectors)
    for (tile.columns = 1; tile.columns <= std::min<int64_t>(problem.columns(), 28);
         ++tile.columns) {
      bool divides = !problem.grouped || problem.channels % tile.tileChannels() == 0;
      bool fills = tile.vectors == 1 || (tile.vectors - 1) * tile.lanes < problem.channels;
      bool whole =
          !tapsFirst || tile.columns % problem.taps == 0 || problem.taps % tile.columns == 0;
      if (divides && fills && whole && fitsRegisters(spec.target, problem, tile))
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
  GradTile tile = gradTiles(spec).front();
  return tileCost(problemOf(spec), tile) * spec.target.lanes(4) / tile.lanes;
}

} // namespace cnnc
