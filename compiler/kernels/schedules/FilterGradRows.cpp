// filter_grad_rows: conv_filter_grad of few channels, which would leave the lanes of `filter_grad`
// idle. Vectors run along the rows of an image; see ops/ConvFilterGradRows.cpp.
//
// A tile is all taps of a row of the filter times `channels` output and `inputs` input channels, in
// registers while the pixels of a block run: a step loads a vector of the gradient for each output
// channel and one of the input, shifted, for each of its taps. A block is `rows` rows of an image,
// copied to planes, which stay in the L1 cache while all tiles run over them. Tasks share out the
// images: each of `sums` totals is of a part of them, whatever the number of threads.
#include "compiler/kernels/ConvKinds.h"
#include "compiler/kernels/schedules/Schedules.h"

#include <algorithm>

namespace cnnc {

using namespace Halide;

namespace {

/// The op as the choice of its tile sees it; typical sizes where they are symbolic.
struct RowsProblem {
  int64_t channels, inputs, taps, tapsOfRow;
  int64_t height, width;

  explicit RowsProblem(const KernelSpec &spec) {
    const OpDescription &op = anchorOf(spec);
    const std::vector<int64_t> &gradient = spec.graph.tensor(op.operands[1]).shape,
                               &kernel = op.getInts("kernel_shape");
    channels = op.result.shape[0];
    inputs = op.result.shape[1];
    tapsOfRow = kernel[1];
    taps = kernel[0] * kernel[1];
    height = gradient[2] < 0 ? 32 : gradient[2];
    width = gradient[3] < 0 ? 32 : gradient[3];
  }
};

struct RowsTile {
  int channels = 1, inputs = 1;
};

} // namespace

bool appliesFilterGradRows(const KernelSpec &spec) {
  const OpDescription &op = anchorOf(spec);
  return op.name == "conv_filter_grad" && op.result.rank() == 4 && op.getInt("groups") == 1 &&
         op.getInts("strides")[1] == 1 && op.result.elementType == ElementType::F32 &&
         op.getInts("kernel_shape")[1] <= spec.target.vectorRegisters - 4;
}

static double roundedUp(int64_t extent, int64_t piece) {
  return static_cast<double>((extent + piece - 1) / piece * piece);
}

// As tileCost of FilterGradTile.cpp, and the copies: most vectors of shifted inputs cross a cache
// line, and an element is copied in about half a cycle.
static double tileCost(const RowsProblem &problem, const RowsTile &tile, int lanes) {
  double accumulators = static_cast<double>(problem.tapsOfRow * tile.channels * tile.inputs);
  double loads = tile.channels + 1.6 * static_cast<double>(problem.tapsOfRow * tile.inputs);
  double products = static_cast<double>(problem.channels * problem.inputs);
  double wasted = roundedUp(problem.channels, tile.channels) *
                  roundedUp(problem.inputs, tile.inputs) / products *
                  roundedUp(problem.width, lanes) / static_cast<double>(problem.width);
  double copies = static_cast<double>(problem.channels + problem.inputs) * lanes /
                  (products * static_cast<double>(problem.taps));
  return wasted * std::max({accumulators + 1.5, 9.5, 1.1 * loads}) / accumulators + copies;
}

// The tiles that fit registers, the cheapest first.
static std::vector<RowsTile> rowsTiles(const KernelSpec &spec) {
  RowsProblem problem(spec);
  int lanes = spec.target.lanes(4);
  std::vector<RowsTile> tiles;
  for (int channels = 1; channels <= std::min<int64_t>(problem.channels, 8); ++channels)
    for (int inputs = 1; inputs <= std::min<int64_t>(problem.inputs, 4); ++inputs)
      if (problem.tapsOfRow * channels * inputs + channels + 2 <= spec.target.vectorRegisters)
        tiles.push_back({channels, inputs});
  std::stable_sort(tiles.begin(), tiles.end(), [&](const RowsTile &a, const RowsTile &b) {
    return tileCost(problem, a, lanes) < tileCost(problem, b, lanes);
  });
  return tiles;
}

std::vector<Schedule> spaceFilterGradRows(const KernelSpec &spec) {
  RowsProblem problem(spec);
  // Planes of half the L1 cache, in blocks of about the same size.
  int64_t fitting = spec.target.l1Bytes / 2 / 4 /
                    ((problem.width + problem.tapsOfRow) * (problem.channels + problem.inputs));
  int64_t rows = std::clamp<int64_t>(fitting, 1, problem.height);
  int64_t blocks = (problem.height + rows - 1) / rows;
  rows = (problem.height + blocks - 1) / blocks;
  std::vector<RowsTile> tiles = rowsTiles(spec);
  tiles.resize(std::min<size_t>(tiles.size(), 4));
  std::vector<Schedule> space;
  for (const RowsTile &tile : tiles)
    space.push_back({"filter_grad_rows",
                     {{"lanes", spec.target.lanes(4)},
                      {"channels", tile.channels},
                      {"inputs", tile.inputs},
                      {"rows", rows},
                      {"sums", 4}}});
  return space;
}

double costFilterGradRows(const KernelSpec &spec) {
  std::vector<RowsTile> tiles = rowsTiles(spec);
  return tileCost(RowsProblem(spec), tiles.front(), spec.target.lanes(4));
}

void placeFilterGradRows(KernelBuild &build) {
  if (build.consumer.defined())
    throw KernelError("schedule 'filter_grad_rows' takes no pool or reduction after the anchor");
  const FilterGradParts &parts = build.anchor.filterGrad;
  const OpDescription &op = anchorOf(build.spec);
  const int lanes = build.parameter("lanes"), channels = build.parameter("channels"),
            inputs = build.parameter("inputs");
  Func block = build.anchor.accumulator, total = parts.total, result = parts.result;
  Var v = total.args()[0], i = total.args()[1], k = total.args()[2], c = total.args()[3],
      j = total.args()[4], s = total.args()[5], channelTile("channel_tile"),
      inputTile("input_tile");
  auto bound = [](int64_t extent, int piece) { return static_cast<int>(roundedUp(extent, piece)); };

  result.compute_root();
  total.compute_root()
      .bound_extent(v, lanes)
      .bound_extent(k, bound(op.result.shape[0], channels))
      .bound_extent(c, bound(op.result.shape[1], inputs))
      .vectorize(v);
  total.update()
      .split(k, channelTile, k, channels)
      .split(c, inputTile, c, inputs)
      .reorder({v, i, k, c, j, channelTile, inputTile, parts.blocks[0], parts.blocks[1], s})
      .vectorize(v)
      .unroll(i)
      .unroll(k)
      .unroll(c);
  if (isParallel(build))
    total.update().parallel(s);

  std::vector<Var> arguments = block.args();
  block.compute_at(total, j).bound_extent(v, lanes);
  for (Stage stage : {Stage(block), Stage(block.update())})
    stage.vectorize(v).unroll(i).unroll(k).unroll(c);
  const RDom &pixels = build.anchor.taps;
  block.update().reorder(
      {v, i, k, c, pixels[0], pixels[1], arguments[4], arguments[5], arguments[6]});

  for (Func copy : {build.anchor.staged, parts.gradient})
    copy.compute_at(total, Var(parts.blocks[0].name()))
        .vectorize(copy.args()[0], lanes, TailStrategy::GuardWithIf);
}

} // namespace cnnc
