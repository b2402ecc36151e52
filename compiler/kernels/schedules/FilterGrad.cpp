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
#include "compiler/kernels/schedules/FilterGradTile.h"
#include "compiler/kernels/schedules/Schedules.h"

#include <algorithm>

namespace cnnc {

using namespace Halide;

bool appliesFilterGrad(const KernelSpec &spec) { return anchorOf(spec).name == "conv_filter_grad"; }

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
// these. Vectors run along the columns, as they lie in memory; the channels next, whose numbers
// share cache lines.
Var FilterGradPlacement::placeOutput() {
  const Value &result = build.values.back();
  std::vector<Var> vars = dimVars(result.rank());
  Var channel = vars[0], part("part");
  output.split(channel, part, channel, tile.channels, TailStrategy::GuardWithIf);
  std::vector<Var> tasks = {part};
  if (tile.inputs < result.description.shape[1]) {
    Var inputPart("input_part");
    output.split(vars[1], inputPart, vars[1], tile.inputs);
    tasks.push_back(inputPart);
  }
  // Of the other dims those that lie side by side, [taps..., inputs] or [inputs, taps...].
  std::vector<Var> inside = inMemoryOrder(build.spec.outputLayout, vars);
  inside.erase(std::find_if(inside.begin(), inside.end(),
                            [&](const Var &var) { return var.name() == channel.name(); }));
  int64_t extent = tile.inputs;
  Var fastest = inside.front();
  if (build.spec.outputLayout == Layout::RowMajor) {
    extent = columns;
    for (size_t dim = 1; dim < inside.size(); ++dim) {
      Var fused("column" + std::to_string(dim));
      output.fuse(fastest, inside[dim], fused);
      fastest = fused;
    }
    inside = {fastest};
  }
  std::vector<VarOrRVar> order;
  int width = vectorWidth(tile.lanes, extent);
  if (width > 1) {
    output.split(fastest, fastest, lane, width, TailStrategy::ShiftInwards).vectorize(lane);
    order.push_back(lane);
  }
  order.push_back(channel);
  order.insert(order.end(), inside.begin(), inside.end());
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
