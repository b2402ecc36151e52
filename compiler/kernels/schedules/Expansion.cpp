// The expanded map exists for the rows under one row of the result only, in the L2 cache. From a
// row of the result to the next, rows that both read stay in their places, and the new ones go
// where the oldest were: a ring of as many rows as the window is high. A task of several rows
// begins with an empty ring, so what its first row shares with the task before is computed twice.
// Blocks of rows that are computed at once would hold more and compute more of them twice: in those
// that fit half of the L2 cache 56 x 56 x 144 took a quarter longer.
//
// A row is computed in the register tiles of `direct`. It has no border: tiles of the depthwise
// conv that touch the map's border choose between its elements and 0, as they do with an input.
#include "compiler/kernels/schedules/Expansion.h"
#include "compiler/kernels/ConvKinds.h"
#include "compiler/kernels/ops/Elementwise.h"
#include "compiler/kernels/schedules/RegisterTile.h"
#include "compiler/kernels/schedules/Windows.h"

#include <algorithm>
#include <cmath>

namespace cnnc {

using namespace Halide;

namespace {

/// The rows of a map under the window of a depthwise conv.
struct WindowRows {
  int64_t input = 1, output = 1; ///< Of the map and of the result; -1 where not known.
  int64_t span = 1, stride = 1;  ///< Of the window.

  int64_t overlap() const { return std::max<int64_t>(span - stride, 0); }
  /// Of all rows, those that are computed twice with tasks of `rows` rows of the result.
  double recomputed(int64_t rows) const {
    int64_t cuts = (output + rows - 1) / rows - 1;
    return static_cast<double>(cuts * overlap()) / static_cast<double>(input);
  }
};

} // namespace

static WindowRows windowRows(const KernelSpec &spec) {
  const OpDescription &conv = anchorOf(spec);
  size_t dim = conv.result.shape.size() - 2;
  int64_t taps = spec.graph.tensor(conv.operands[1]).shape[dim];
  WindowRows rows;
  rows.input = spec.graph.tensor(conv.operands[0]).shape[dim];
  rows.output = conv.result.shape[dim];
  rows.span = (taps - 1) * conv.getInts("dilations")[dim - 2] + 1;
  rows.stride = conv.getInts("strides")[dim - 2];
  return rows;
}

// Rows of the result in a task: what is computed twice against how evenly threads share the tasks.
static int rowsOfTask(const WindowRows &window) {
  if (window.input < 0 || window.output < 0)
    return 16;
  auto cost = [&](int64_t rows) {
    return (1 + window.recomputed(rows)) *
           (5 + 2 * imbalance(window.output, rows, 1, 2) + imbalance(window.output, rows, 1, 4));
  };
  int64_t best = window.output;
  for (int64_t rows = window.output; rows >= 1; --rows)
    if (cost(rows) < cost(best))
      best = rows;
  return static_cast<int>(best);
}

// The two best register tiles for a row.
static std::vector<DirectTile> expansionTiles(const KernelSpec &spec) {
  const OpDescription &conv = *convBefore(spec);
  int64_t inputs = spec.graph.tensor(conv.operands[0]).shape[1];
  std::vector<DirectTile> tiles =
      contractionTiles(spec.target, inputs, conv.result.shape[1], conv.result.shape.back(),
                       spec.pixelsVary, /*streamed=*/false);
  tiles.resize(std::min<size_t>(tiles.size(), 2));
  return tiles;
}

std::vector<Schedule> expansionSchedules(const KernelSpec &spec) {
  int rows = rowsOfTask(windowRows(spec));
  std::vector<int> rowChoices = rows > 1 ? std::vector<int>{rows, rows / 2} : std::vector<int>{1};
  std::vector<Schedule> all;
  for (const Schedule &window : windowSchedules(spec, "depthwise", rowChoices))
    for (const DirectTile &tile : expansionTiles(spec)) {
      all.push_back(window);
      all.back().parameters.insert({{"before_lanes", tile.lanes},
                                    {"before_vectors", tile.vectors},
                                    {"before_columns", tile.columns}});
    }
  return all;
}

// Channels outside of a row's tiles: a tile's filter stays in the L1 cache meanwhile.
static void orderTiles(Stage stage, std::vector<VarOrRVar> tile, const Loops &loops) {
  tile.push_back(Var("channel_tile"));
  tile.insert(tile.end(), loops.outer.begin(), loops.outer.end());
  stage.reorder(tile);
}

void placeExpansion(KernelBuild &build, Func consumer, const Var &task, const Var &row) {
  const std::map<std::string, int64_t> sizes = scheduleBefore(build.spec).parameters;
  DirectTile tile{static_cast<int>(sizes.at("lanes")), static_cast<int>(sizes.at("vectors")),
                  static_cast<int>(sizes.at("columns"))};
  int64_t channels = convBefore(build.spec)->result.shape[1];
  RegisterTile registers(tile, channels);
  WindowRows window = windowRows(build.spec);
  Loops loops = loopsOf(build.expanded, 1, build.expanded.rank() - 1);
  Func expanded = build.expanded.func;
  expanded.store_at(consumer, task)
      .compute_at(consumer, row)
      .fold_storage(loops.outer.front(), static_cast<int>(std::max(window.span, window.stride)))
      .bound(loops.channel, 0, static_cast<int>(channels))
      .bound(loops.column, 0, loops.columnExtent);
  forColumns(expanded, loops, tile.columns, [&](Stage stage, int columns) {
    orderTiles(stage, registers.split(stage, loops, columns), loops);
  });
  registers.placeSums(build.before, build.spec.target, expanded, loops, Var("column_tile"));
}

// Cycles of the elementwise ops behind the anchor: two vectors of an operation in each.
static double elementwiseCycles(const KernelSpec &spec) {
  double operations = 0;
  for (const OpDescription &op : spec.graph.ops)
    operations += elementwiseOperations(op);
  double elements = static_cast<double>(spec.graph.result().numElements());
  return operations / 2 * elements / spec.target.lanes(4);
}

// Cycles of the anchor's products at the CPU's peak.
static double productCycles(const KernelSpec &spec) {
  const OpDescription &conv = anchorOf(spec);
  const TensorDescription &filter = spec.graph.tensor(conv.operands[1]);
  double taps = static_cast<double>(filter.numElements() / filter.shape[0]);
  return taps * static_cast<double>(conv.result.numElements()) / (2 * spec.target.lanes(4));
}

double expansionGain(const KernelSpec &expansion, const KernelSpec &depthwise) {
  const Target &target = expansion.target;
  const TensorDescription &map = expansion.graph.result();
  WindowRows window = windowRows(depthwise);
  double mapBytes = 4.0 * static_cast<double>(map.numElements());
  double rowBytes = 4.0 * static_cast<double>(map.shape[1] * map.shape.back());
  double cacheBytes = static_cast<double>(target.l2Bytes);
  if (mapBytes <= cacheBytes || static_cast<double>(window.span) * rowBytes > cacheBytes / 2)
    return 0;
  double products = productCycles(expansion), activation = elementwiseCycles(expansion);
  double inRows = products * directCostInRows(expansion) + activation;
  double merged = products * directCost(expansion) + activation;
  // Sums over single channels wait for loads about as long as for products.
  double sums = 1.8 * productCycles(depthwise) + elementwiseCycles(depthwise);
  // Some 4 bytes a cycle are written beyond the L2 cache, and some 10 read, while the CPU computes.
  // The one hides behind the other but not wholly: their root of squares is about what it takes.
  double beyond = mapBytes - cacheBytes;
  double apart = std::hypot(merged, beyond / 4) + std::hypot(sums, beyond / 10);
  return apart - inRows * (1 + window.recomputed(rowsOfTask(window))) - sums;
}

} // namespace cnnc
