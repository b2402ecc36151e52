#include "compiler/kernels/schedules/DirectTile.h"
#include "compiler/kernels/ConvKinds.h"
#include "compiler/kernels/Flatten.h"
#include "compiler/kernels/schedules/Schedules.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace cnnc {

namespace {

/// A contraction as the choice of its tile sees it. Sizes known at run time only are -1.
struct Problem {
  int64_t channels = 1; ///< Output channels that a tile may span: of one group, or of all.
  bool grouped = false; ///< Then a tile must divide the channels.
  int groupLanes = 1;   ///< The lanes of a vector where there are groups.
  bool acrossGroups = false;
  double windowTaps = 1;  ///< Of the filter's spatial dims.
  int64_t columns = 1;    ///< Of a row of the result.
  int64_t rows = 1;       ///< Of the result; with one spatial dim, 1.
  bool pooled = false;    ///< A pool follows.
  int64_t rowStep = 1;    ///< Rows of the result under one row of a pool that follows.
  bool hasRows = false;   ///< More than one spatial dim.
  int64_t rowStride = 1;  ///< Rows of the input from one row of the result to the next.
  int64_t rowOverlap = 0; ///< Rows of the input that two neighbouring rows of the result share.
  double columnBytes = 4; ///< Of the input under one column of the result.
  int64_t columnStep = 4; ///< Bytes from there to the input under the next column.
  double inputBytes = 0;  ///< Of the whole input; 0 when unknown.
  bool staged = false;    ///< Ops before the anchor: the input is computed, into a copy.
  bool convolved = false; ///< One of them is a conv, so that the copy is dear.
  double filterBytes = 0;
  bool columnsVary = false; ///< The number of columns is a typical one.
  bool streamed = false;    ///< The filter comes from memory, a slice for all columns at a time.
};

} // namespace

Schedule DirectTile::toSchedule() const {
  return {"direct",
          {{"lanes", lanes},
           {"vectors", vectors},
           {"columns", columns},
           {"rows", rows},
           {"channel_parts", channelsOuter ? 1 : channelParts}, // Each tile is a task already.
           {"channels_outer", channelsOuter},
           {"across_groups", acrossGroups}}};
}

static int64_t product(const std::vector<int64_t> &shape) {
  int64_t result = 1;
  for (int64_t dim : shape)
    result = result < 0 || dim < 0 ? -1 : result * dim;
  return result;
}

// Lanes for `groups` groups of `size` channels: as many as there are, but no group cut by a vector
// that holds others.
static int lanesForGroups(const Target &target, int64_t groups, int64_t size) {
  int64_t lanes = target.lanes(4);
  while (groups * size % lanes != 0 || (lanes % size != 0 && size % lanes != 0))
    lanes /= 2;
  return static_cast<int>(lanes);
}

// Elements from a pixel of the value to the next.
static int64_t pixelPitch(const KernelSpec &spec, int value) {
  size_t v = static_cast<size_t>(value);
  int64_t pitch = v < spec.graph.inputs.size() ? spec.pitchOf(v) : 0;
  return pitch > 0 ? pitch : spec.graph.tensor(value).shape[1];
}

// A conv before the anchor: blocks share rows of its input, which has to be read.
static void addConvBefore(const KernelSpec &spec, const OpDescription &conv, Problem &problem) {
  problem.convolved = true;
  const TensorDescription &input = spec.graph.tensor(conv.operands[0]);
  problem.inputBytes = 4.0 * static_cast<double>(std::max<int64_t>(product(input.shape), 0));
  // Its input goes through the cache, too.
  problem.columnBytes +=
      4.0 * static_cast<double>(input.shape[1] * product(conv.getInts("strides")));
  if (!problem.hasRows)
    return;
  size_t dim = input.shape.size() - 2;
  int64_t taps = spec.graph.tensor(conv.operands[1]).shape[dim];
  problem.rowStride = conv.getInts("strides")[dim - 2];
  problem.rowOverlap =
      std::max<int64_t>((taps - 1) * conv.getInts("dilations")[dim - 2] + 1 - problem.rowStride, 0);
}

static Problem convProblem(const KernelSpec &spec, const OpDescription &op) {
  const std::vector<int64_t> &input = spec.graph.tensor(op.operands[0]).shape;
  const std::vector<int64_t> &filter = spec.graph.tensor(op.operands[1]).shape;
  const std::vector<int64_t> &result = op.result.shape;
  Problem problem;
  int64_t groups = op.getInt("groups");
  problem.channels = filter[0] / groups;
  problem.grouped = groups > 1;
  for (size_t dim = 2; dim < filter.size(); ++dim)
    problem.windowTaps *= static_cast<double>(filter[dim]);
  if (problem.grouped) {
    problem.groupLanes = lanesForGroups(spec.target, groups, problem.channels);
    problem.acrossGroups = problem.groupLanes > problem.channels;
    if (problem.acrossGroups)
      problem.channels = filter[0];
  }
  problem.columns = std::max<int64_t>(result.back(), -1);
  problem.columnsVary = spec.pixelsVary;
  problem.hasRows = result.size() > 3;
  if (problem.hasRows)
    problem.rows = std::max<int64_t>(result[result.size() - 2], -1);
  if (problem.hasRows) {
    size_t dim = result.size() - 2;
    problem.rowStride = op.getInts("strides")[dim - 2];
    problem.rowOverlap = std::max<int64_t>(
        (filter[dim] - 1) * op.getInts("dilations")[dim - 2] + 1 - problem.rowStride, 0);
  }
  problem.columnBytes = 4.0 * static_cast<double>(input[1] * op.getInts("strides").back());
  problem.columnStep = 4 * pixelPitch(spec, op.operands[0]) * op.getInts("strides").back();
  for (const OpDescription &later : spec.graph.ops) {
    bool isPool = later.attributes.count("kernel_shape");
    problem.pooled |= isPool;
    if (isPool && problem.hasRows)
      problem.rowStep = later.getInts("strides")[later.getInts("strides").size() - 2];
  }
  problem.staged = spec.anchor > 0;
  problem.filterBytes = 4.0 * static_cast<double>(product(filter));
  problem.inputBytes = 4.0 * static_cast<double>(std::max<int64_t>(product(input), 0));
  if (const OpDescription *before = convBefore(spec))
    addConvBefore(spec, *before, problem);
  return problem;
}

static Problem matrixProblem(const KernelSpec &spec, const OpDescription &op) {
  const std::vector<int64_t> &a = spec.graph.tensor(op.operands[0]).shape;
  const std::vector<int64_t> &b = spec.graph.tensor(op.operands[1]).shape;
  const std::vector<int64_t> &result = op.result.shape;
  bool column = op.name == "matmul" && b.size() == 1;
  Problem problem;
  problem.channels = column ? 1 : std::max<int64_t>(result.back(), -1);
  size_t own = column ? 1 : 2;
  problem.columns =
      a.size() > 1 && result.size() >= own ? std::max<int64_t>(result[result.size() - own], -1) : 1;
  problem.columnStep = 4 * (a.back() < 0 ? 256 : a.back());
  problem.columnBytes = static_cast<double>(problem.columnStep);
  problem.filterBytes = 4.0 * static_cast<double>(std::max<int64_t>(product(b), 0));
  problem.inputBytes = 4.0 * static_cast<double>(std::max<int64_t>(product(a), 0));
  return problem;
}

// Useful part of `extent` when it is cut into pieces of `piece`; typical rows for a symbolic one.
static double share(int64_t extent, int64_t piece) {
  if (extent < 0)
    return (share(56, piece) + share(28, piece) + share(14, piece)) / 3;
  int64_t pieces = (extent + piece - 1) / piece;
  return static_cast<double>(extent) / static_cast<double>(pieces * piece);
}

// Vectors of the filter are loaded for two taps at a time (placeAccumulator unrolls them). Where
// there are only 16 registers the broadcasts take one more, elsewhere they are part of the FMA.
static bool fitsRegisters(const Target &target, const DirectTile &tile) {
  int accumulators = tile.vectors * tile.columns;
  if (tile.acrossGroups) // Nothing is broadcast.
    return accumulators + 2 * tile.vectors <= std::min(target.vectorRegisters, 28);
  if (target.vectorRegisters >= 32)
    return accumulators + 2 * tile.vectors <= 32 && accumulators <= 28;
  return accumulators + tile.vectors + 1 <= target.vectorRegisters &&
         accumulators <= (tile.vectors == 1 ? 14 : 12);
}

// The columns of a tile lie `columnStep` apart. At large powers of two they fall into the same
// few sets of the L1 cache and evict one another: 28 columns of 1024 channels ran at a fifth of the
// speed of 7. Caches of 8 ways are assumed; one more column than ways does no harm.
static bool fitsCacheSets(const Problem &problem, const Target &target, const DirectTile &tile) {
  int64_t wayBytes = target.l1Bytes / 8;
  int64_t places = wayBytes / std::gcd(problem.columnStep, wayBytes);
  return tile.columns <= 8 * places;
}

// Bytes of the filter that a register tile reads.
static double filterBytes(const Problem &problem, const DirectTile &tile) {
  double channels = static_cast<double>(std::max<int64_t>(problem.channels, tile.channels()));
  return problem.filterBytes * tile.channels() / channels;
}

// What a tap of a register tile takes, in the time of an FMA of whole vectors.
static double tapCycles(const Problem &problem, const Target &target, const DirectTile &tile) {
  double accumulators = tile.vectors * tile.columns;
  // With 16 registers a broadcast is an instruction of its own, else a part of the FMA.
  double broadcast = target.vectorRegisters >= 32 || tile.acrossGroups ? 0.5 : 1.0;
  double loads = tile.vectors + broadcast * tile.columns;
  double cycles = std::max(accumulators + 0.5, loads * 1.25);
  // What the L1 cache does not hold is read from the next at some 20 bytes a cycle (of 32-byte
  // vectors), while the FMA units take two vectors; more slowly, where the next slice is fetched
  // meanwhile.
  double l1Bytes = static_cast<double>(target.l1Bytes);
  if (filterBytes(problem, tile) > (problem.streamed ? l1Bytes / 2 : l1Bytes))
    cycles = std::max(cycles, (problem.streamed ? 4.5 : 3.2) * tile.vectors);
  return cycles;
}

// What fetching a slice of a streamed filter adds to each of its taps. It is hidden the less the
// larger the slice is, and a little less in a single tile.
static double waitingCycles(const Problem &problem, const Target &target, const DirectTile &tile,
                            double tiles) {
  if (!problem.streamed)
    return 0;
  bool large = filterBytes(problem, tile) > static_cast<double>(target.l2Bytes) / 16;
  return (large ? 0.6 : tiles > 1 ? 0.3 : 0.4) * 7.4 * tile.vectors;
}

// Products of vectors that are needed, for one of the time of an FMA, in a row of so many columns.
static double throughput(const Problem &problem, const Target &target, const DirectTile &tile,
                         int64_t columns) {
  double cycles = tapCycles(problem, target, tile);
  if (columns < 0)
    return share(columns, tile.columns) * tile.vectors * tile.columns / cycles;
  double tiles = std::ceil(static_cast<double>(columns) / tile.columns);
  return static_cast<double>(columns) * tile.vectors /
         (tiles * cycles + waitingCycles(problem, target, tile, tiles));
}

// The same; where columns vary, larger maps count as much as the typical one.
static double throughput(const Problem &problem, const Target &target, const DirectTile &tile) {
  double typical = throughput(problem, target, tile, problem.columns);
  if (!problem.columnsVary || problem.columns < 0)
    return typical;
  // Of long rows, such as all pixels before a 1x1 conv, some dozens tell as much as all.
  const int64_t step = std::max<int64_t>(problem.columns / 64, 1);
  double sum = 0, count = 0;
  for (int64_t columns = problem.columns; columns < 2 * problem.columns; columns += step, ++count)
    sum += throughput(problem, target, tile, columns);
  return 0.5 * (typical + sum / count);
}

// The share of the FMA peak that a register tile can reach: what is computed in vain in the tails,
// too few accumulators to hide an FMA's latency (4 cycles, two begin in each), and loads beside the
// FMAs.
static double score(const Problem &problem, const Target &target, const DirectTile &tile) {
  double latency = std::min(1.0, tile.vectors * tile.columns / 10.0);
  // Half vectors run at the full rate where wide ones are split in two, at half of it elsewhere.
  int64_t widest = std::min<int64_t>(target.lanes(4), problem.channels < 0 ? 64 : problem.channels);
  double width = problem.grouped || tile.lanes >= widest ? 1.0 : 0.8;
  double cache = fitsCacheSets(problem, target, tile) ? 1.0 : 0.5;
  // A vector spread takes the time of two or three FMAs, and serves as many as the window has taps.
  double spread = problem.acrossGroups ? problem.windowTaps / (problem.windowTaps + 2.5) : 1.0;
  return share(problem.channels, tile.channels()) * throughput(problem, target, tile) * latency *
         width * cache * spread;
}

static int roundUpToPowerOfTwo(int64_t n) {
  int power = 1;
  while (power < n)
    power *= 2;
  return power;
}

static std::vector<int> laneChoices(const Problem &problem, const Target &target) {
  int lanes = target.lanes(4);
  if (problem.grouped)
    return {problem.groupLanes};
  if (problem.channels >= 0 && problem.channels < lanes)
    return {roundUpToPowerOfTwo(problem.channels)};
  return lanes >= 16 ? std::vector<int>{lanes, lanes / 2} : std::vector<int>{lanes};
}

static std::vector<DirectTile> registerTiles(const Problem &problem, const Target &target) {
  std::vector<DirectTile> tiles;
  // Rows of unknown length may be short; a tile longer than the row would not be used at all.
  int64_t longest = problem.columns >= 0 ? problem.columns : problem.hasRows ? 8 : 28;
  // What is spread for one vector takes a good part of the L1 cache.
  int mostVectors = problem.acrossGroups ? 1 : 8;
  for (int lanes : laneChoices(problem, target))
    for (int vectors = 1; vectors <= mostVectors; ++vectors) {
      if (problem.grouped && problem.channels % (lanes * vectors) != 0)
        continue;
      if (vectors > 1 && problem.channels >= 0 && (vectors - 1) * lanes >= problem.channels)
        continue;
      for (int columns = 1; columns <= std::min<int64_t>(longest, 28); ++columns) {
        DirectTile tile{lanes, vectors, columns};
        tile.acrossGroups = problem.acrossGroups;
        if (fitsRegisters(target, tile))
          tiles.push_back(tile);
      }
    }
  for (DirectTile &tile : tiles)
    tile.efficiency = score(problem, target, tile);
  std::stable_sort(tiles.begin(), tiles.end(), [&](const DirectTile &a, const DirectTile &b) {
    return a.efficiency > b.efficiency;
  });
  return tiles;
}

// Time over that of the multiplications, when a block has `size` of `units` pieces: each block
// reads the filter, each part of the channels the input, with the rows that blocks share.
static double blockCost(const Problem &problem, const Target &target, int64_t units, int64_t size,
                        int64_t parts) {
  double blocks = std::ceil(static_cast<double>(units) / static_cast<double>(size));
  double rows = problem.hasRows ? static_cast<double>(problem.rows) : 1;
  double columns = static_cast<double>(problem.columns);
  double multiplications = rows * columns * problem.filterBytes / 4;
  double shared = 1 + (blocks - 1) * static_cast<double>(problem.rowOverlap) /
                          (rows * static_cast<double>(problem.rowStride));
  double inputBytes = static_cast<double>(parts) * shared * problem.inputBytes;
  // Some 12 bytes a cycle from a shared cache; what stays in the L2 cache costs next to nothing.
  bool stays = problem.filterBytes <= static_cast<double>(target.l2Bytes) / 2;
  double cycles = inputBytes / (problem.staged ? 6 : 12) +
                  (stays ? 0.1 : 1.0) * blocks * problem.filterBytes / 12;
  double time = 1 + cycles * 2 * target.lanes(4) / multiplications;
  return time * onThreads(imbalance(units, size, parts, 2), imbalance(units, size, parts, 4));
}

// What blocks are made of: rows, of the pool where there is one, or column tiles; -1 when unknown.
static int64_t blockUnits(const Problem &problem, const DirectTile &tile) {
  if (problem.columns < 0 || problem.rows < 0)
    return -1;
  int64_t units = problem.hasRows ? problem.rows / problem.rowStep
                                  : (problem.columns + tile.columns - 1) / tile.columns;
  return std::max<int64_t>(units, 1);
}

// The input under a block of rows and its filter tile should stay in half of the L2 cache, and
// blocks should be of about the same size.
static void chooseBlocks(const Problem &problem, const Target &target, DirectTile &tile) {
  double half = static_cast<double>(target.l2Bytes) / 2;
  tile.channelsOuter = !problem.convolved && !problem.pooled && problem.inputBytes > 0 &&
                       problem.inputBytes <= half && problem.filterBytes > problem.inputBytes;
  if (problem.columns < 0 || problem.rows < 0) {
    tile.rows = problem.hasRows ? 4 : 16;
    return;
  }
  // Column tiles are what blocks are made of where there are no rows. With a pool the rows of a
  // channel tile are kept, too, and blocks are of its rows.
  double columns = static_cast<double>(problem.columns);
  double bytes = problem.columnBytes * (problem.hasRows ? columns : tile.columns);
  if (problem.pooled)
    bytes += 4.0 * tile.channels() * columns;
  int64_t units = blockUnits(problem, tile);
  double step = static_cast<double>(problem.hasRows ? problem.rowStep : 1);
  int64_t most = std::clamp<int64_t>(static_cast<int64_t>(half / bytes / step), 1, units);
  // Each part of the channels would compute the conv before.
  bool together = problem.grouped || problem.pooled || problem.convolved;
  int64_t channelTiles = problem.channels < 0 || together
                             ? 1
                             : (problem.channels + tile.channels() - 1) / tile.channels();
  double best = std::numeric_limits<double>::infinity();
  for (int parts : {1, 2, 4})
    for (int64_t size = 1; size <= most && parts <= channelTiles; ++size) {
      double cost = blockCost(problem, target, units, size, parts);
      if (cost >= best)
        continue;
      best = cost;
      tile.rows = static_cast<int>(size);
      tile.channelParts = parts;
    }
}

static Problem problemOf(const KernelSpec &spec) {
  KernelSpec direct = spec;
  direct.schedule.algorithm = "direct";
  const KernelSpec flat = flatten(direct).spec;
  const OpDescription &op = anchorOf(flat);
  return op.name == "conv" ? convProblem(flat, op) : matrixProblem(flat, op);
}

std::vector<DirectTile> contractionTiles(const Target &target, int64_t inputs, int64_t channels,
                                         int64_t columns, bool columnsVary, bool streamed) {
  Problem problem;
  problem.channels = channels;
  problem.columns = columns;
  problem.columnsVary = columnsVary;
  problem.streamed = streamed;
  problem.filterBytes = 4.0 * static_cast<double>(inputs * channels);
  std::vector<DirectTile> tiles = registerTiles(problem, target);
  tiles.resize(std::min<size_t>(tiles.size(), 6));
  return tiles;
}

double directCost(const KernelSpec &spec) {
  Problem problem = problemOf(spec);
  const DirectTile tile = registerTiles(problem, spec.target).front();
  // All tiles have as few lanes where there are few channels; other algorithms have more.
  double idle = problem.channels < 0 || problem.channels >= spec.target.lanes(4)
                    ? 1.0
                    : static_cast<double>(spec.target.lanes(4)) / tile.lanes;
  return idle / tile.efficiency;
}

double directCostInRows(const KernelSpec &spec) {
  Problem problem = convProblem(spec, anchorOf(spec));
  return 1 / registerTiles(problem, spec.target).front().efficiency;
}

double projectionGain(const KernelSpec &spec) {
  const OpDescription &conv = anchorOf(spec);
  const TensorDescription &map = spec.graph.tensor(conv.operands[0]);
  double cacheBytes = static_cast<double>(spec.target.l2Bytes);
  double mapBytes = 4.0 * static_cast<double>(map.numElements());
  double rowBytes = 4.0 * static_cast<double>(map.shape[1] * map.shape.back());
  if (mapBytes <= cacheBytes || rowBytes > cacheBytes / 2)
    return 0;
  // By itself the conv sees one long row of pixels, of which tiles lose nothing.
  double products = static_cast<double>(conv.result.numElements() * map.shape[1]);
  double lost = (directCostInRows(spec) - directCost(spec)) * products / (2 * spec.target.lanes(4));
  // What does not stay in the cache is written and read at some 12 bytes a cycle.
  return 2 * (mapBytes - cacheBytes) / 12 - lost;
}

// Rows of a block beside those that were chosen: half as many, twice as many. There are no blocks
// with channels_outer, nor before a reduction.
static std::vector<int> otherRows(const KernelSpec &spec, const Problem &problem,
                                  const DirectTile &tile) {
  if (tile.channelsOuter || (hasConsumer(spec) && !problem.pooled))
    return {};
  std::vector<int> rows;
  if (tile.rows > 1)
    rows.push_back(tile.rows / 2);
  int64_t units = blockUnits(problem, tile);
  int64_t most = units < 0 ? 2 * tile.rows : std::min<int64_t>(2 * tile.rows, units);
  if (most > tile.rows)
    rows.push_back(static_cast<int>(most));
  return rows;
}

// True where two threads would gain little: what is fast on one of them must not be slow on both.
static bool isOneTask(const Problem &problem, const DirectTile &tile) {
  constexpr double most = 1.4; // Of 2.
  if (problem.channels < 0)
    return false;
  int64_t channelTiles = (problem.channels + tile.channels() - 1) / tile.channels();
  if (tile.channelsOuter)
    return imbalance(channelTiles, 1, 1, 2) > most;
  int64_t units = blockUnits(problem, tile);
  return units >= 0 && imbalance(units, tile.rows, tile.channelParts, 2) > most;
}

std::vector<DirectTile> directTiles(const KernelSpec &spec) {
  Problem problem = problemOf(spec);
  std::vector<DirectTile> tiles = registerTiles(problem, spec.target);
  double best = tiles.front().efficiency;
  // Where another op owns the blocks the channel tiles have their place in them.
  bool ordersChannels = !problem.convolved && !hasConsumer(spec);
  std::vector<DirectTile> result;
  for (DirectTile tile : tiles) {
    if (tile.efficiency < 0.7 * best)
      break;
    chooseBlocks(problem, spec.target, tile);
    result.push_back(tile);
    tile.channelsOuter = !tile.channelsOuter;
    if (ordersChannels)
      result.push_back(tile);
  }
  // The two best register tiles, in smaller and in larger blocks.
  size_t twoBest = std::min<size_t>(result.size(), ordersChannels ? 4 : 2);
  for (size_t i = 0; i < twoBest; ++i) {
    DirectTile tile = result[i];
    for (int rows : otherRows(spec, problem, tile)) {
      tile.rows = rows;
      result.push_back(tile);
    }
  }
  if (!isOneTask(problem, result.front()))
    result.erase(std::remove_if(result.begin(), result.end(),
                                [&](const auto &other) { return isOneTask(problem, other); }),
                 result.end());
  return result;
}

} // namespace cnnc
