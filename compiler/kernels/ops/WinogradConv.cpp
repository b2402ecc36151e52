// conv by Winograd's algorithms (WinogradTransform.h): along each dim of an image F(m, r), under a
// stride by phases, or, where the filter has a single tap, what changes nothing. Results are cut
// into tiles of m x m, from a x a inputs each, of which a x a numbers are made. Blocks have up to
// `tile_rows` rows of up to `tile_columns` tiles, or (0) of all tiles of a row, all blocks about as
// many; t numbers the tiles of a column of blocks, one row of tiles after the other. (Both m and a
// may differ between the dims.)
//
//     rows[c, t, k, j]     = sum over i of B^T[k, i] input[c, tile t's (i, j)]
//     input'[c, t, k, l]   = sum over j of B^T[l, j] rows[c, t, k, j]
//     product[o, t, k, l]  = sum over c of filter'[o, c, k, l] input'[c, t, k, l]
//     columns[o, t, p, l]  = sum over k of A^T[p, k] product[o, t, k, l]
//     result[o, t, p, q]   = sum over l of A^T[q, l] columns[o, t, p, l]
//
// (`columns` has the tile's place in the image for t: Halide follows that through the result's
// ends.)
//
// The packed filter' is [o / tile][k][l][c][o % tile], made when compiling or, of a filter that is
// known only at run time, in the kernel:
//
//     rows'[o, c, k, x]    = sum over y of G[k, y] filter[o, c, y, x]
//     filter'[o, c, k, l]  = sum over x of G[l, x] rows'[o, c, k, x]
#include "compiler/kernels/WinogradTransform.h"
#include "compiler/kernels/ops/Contraction.h"
#include "compiler/kernels/ops/ConvForms.h"

#include <numeric>

namespace cnnc {

using namespace Halide;

// Elements of a cache line.
static constexpr int lineLength = 16;

// One part of a row of a transform: the terms with even or with odd index in their phase.
static Expr partOf(const std::vector<double> &row, const std::vector<Expr> &values, size_t stride,
                   size_t parity) {
  Expr sum;
  for (size_t i = 0; i < row.size(); ++i) {
    if (row[i] == 0 || i / stride % 2 != parity)
      continue;
    Expr term = row[i] == 1 ? values[i] : values[i] * static_cast<float>(row[i]);
    sum = sum.defined() ? sum + term : term;
  }
  return sum;
}

// True where `a` is `b` with the signs of one parity changed.
static bool isNegated(const std::vector<double> &a, const std::vector<double> &b, size_t stride,
                      size_t parity) {
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i] != (i / stride % 2 == parity ? -b[i] : b[i]))
      return false;
  return true;
}

// The product of a matrix with values, of which each stride-th row and column are a phase. The rows
// of a pair of points p and -p differ in the signs of their even or odd terms, so that both share
// the sums of these.
static std::vector<Expr> transformed(const WinogradTransform::Matrix &matrix, int stride,
                                     const std::vector<Expr> &values) {
  size_t step = static_cast<size_t>(stride);
  std::vector<Expr> result;
  for (size_t r = 0; r < matrix.size(); ++r) {
    bool second = r >= 2 * step && r / step % 2 == 0;
    bool oddNegated = second && isNegated(matrix[r], matrix[r - step], step, 1);
    bool evenNegated = second && isNegated(matrix[r], matrix[r - step], step, 0);
    const std::vector<double> &row = oddNegated || evenNegated ? matrix[r - step] : matrix[r];
    Expr even = partOf(row, values, step, 0), odd = partOf(row, values, step, 1);
    if (!even.defined() || !odd.defined())
      result.push_back(even.defined() ? even : odd);
    else
      result.push_back(oddNegated ? even - odd : evenNegated ? odd - even : even + odd);
  }
  return result;
}

// The product of A^T with the numbers of a tile. All phases of a point have the same factor, and so
// have, but for the sign in odd rows, the points p and -p, which follow one another behind the 0:
// both are summed first.
static std::vector<Expr> outputsOf(const WinogradTransform &transform,
                                   const std::vector<Expr> &numbers) {
  size_t step = static_cast<size_t>(transform.tile.stride);
  std::vector<Expr> points;
  for (size_t number = 0; number < numbers.size(); ++number)
    if (number % step == 0)
      points.push_back(numbers[number]);
    else
      points.back() += numbers[number];
  std::vector<Expr> result;
  for (size_t row = 0; row < transform.output.size(); ++row) {
    const std::vector<double> &factors = transform.output[row];
    Expr sum;
    auto add = [&](const Expr &value, double factor) {
      Expr term = factor == 1 ? value : value * static_cast<float>(factor);
      sum = sum.defined() ? sum + term : term;
    };
    for (size_t point = 0; point < points.size(); ++point) {
      double factor = factors[point * step];
      bool hasOpposite = point % 2 == 1 && point + 2 < points.size();
      if (hasOpposite) {
        const Expr &opposite = points[point + 1];
        add(row % 2 == 0 ? points[point] + opposite : points[point] - opposite, factor);
        ++point;
      } else if (factor != 0) {
        add(points[point], factor);
      }
    }
    result.push_back(sum);
  }
  return result;
}

// `of` applied to each index in [0, count).
static std::vector<Expr> valuesAt(int count, const std::function<Expr(int)> &of) {
  std::vector<Expr> values;
  for (int i = 0; i < count; ++i)
    values.push_back(of(i));
  return values;
}

namespace {

/// Of the two dims of an image.
struct Transforms {
  WinogradTransform vertical, horizontal;
};

} // namespace

// `taps` and `strides` are those of the spatial dims; a single one is that of rows (Flatten.h).
static Transforms transformsOf(const Schedule &schedule, const std::vector<int64_t> &taps,
                               const std::vector<int64_t> &strides) {
  auto outputs = [&](const char *name) { return schedule.parameters.at(name); };
  WinogradTile rows, columns = winogradTile(outputs("output_columns"), taps.back(), strides.back());
  if (taps.size() > 1)
    rows = winogradTile(outputs("output_rows"), taps.front(), strides.front());
  return {winogradTransform(rows), winogradTransform(columns)};
}

// The packed filter' of a filter that is computed at run time.
static Func transformFilter(KernelBuild &build, const ConvParts &conv,
                            const Transforms &transforms) {
  const auto &[vertical, horizontal] = transforms;
  Var lane("lane"), c("c"), k("k"), l("l"), x("x"), block("block");
  Expr channel = block * channelTile(build) + lane, inside = min(channel, conv.channels - 1);
  // A signal has no rows (Flatten.h).
  auto tapAt = [&](const Expr &row, const Expr &column) {
    return conv.filter.rank() == 4 ? conv.filter.at({inside, c, row, column})
                                   : conv.filter.at({inside, c, column});
  };
  Func rows(build.name("filter_rows"));
  rows(lane, c, x, k, block) =
      mux(k, transformed(vertical.filter, vertical.tile.stride,
                         valuesAt(vertical.tile.taps, [&](int y) { return tapAt(y, x); })));
  Func filter(build.name("filter"));
  filter(lane, c, l, k, block) =
      select(channel < conv.channels,
             mux(l, transformed(horizontal.filter, horizontal.tile.stride,
                                valuesAt(
                                    horizontal.tile.taps,
                                    [&](int column) { return rows(lane, c, column, k, block); }))),
             0.0f);
  build.anchor.winograd.filterRows = rows;
  build.anchor.filter = filter;
  return filter;
}

// `extent` cut into as few pieces of no more than `most` as can be, of about the same size.
static Expr evenPiece(const Expr &extent, int most) {
  Expr pieces = (extent + most - 1) / most;
  return Internal::simplify((extent + pieces - 1) / pieces);
}

static std::function<Expr(const Indices &)> sumWinograd(KernelBuild &build, ConvParts conv) {
  // The last tiles reach beyond the result.
  conv.input = borderedInput(build, conv, conv.input.layout, /*beyond=*/true);
  const int tileRows = build.parameter("tile_rows"), tileColumns = build.parameter("tile_columns");
  const Transforms transforms =
      transformsOf(build.spec.schedule, conv.window.kernel, conv.window.strides);
  const auto &[vertical, horizontal] = transforms;
  const WinogradTile &ty = vertical.tile, &tx = horizontal.tile;
  // Extents are at least 1; said so, a division by them has simple bounds.
  const Expr rowsOfTiles = max((conv.shape[2] + ty.outputs - 1) / ty.outputs, 1),
             columnsOfTiles = max((conv.shape[3] + tx.outputs - 1) / tx.outputs, 1),
             rowsOfBlock = evenPiece(rowsOfTiles, tileRows),
             columnsOfBlock =
                 tileColumns > 0 ? evenPiece(columnsOfTiles, tileColumns) : columnsOfTiles;
  Var c("c"), t("t"), k("k"), l("l"), p("p"), x("x"), y("y"), b("b"), n("n");
  WinogradParts parts;

  // Register tiles reach beyond the last tile, and the last block of a row beyond the row; the last
  // tiles are then computed once more.
  Expr tileOfColumn = min(t, rowsOfTiles * columnsOfBlock - 1);
  Expr tileY = tileOfColumn / columnsOfBlock, tileX = tileOfColumn % columnsOfBlock;
  if (tileColumns > 0)
    tileX = min(b * columnsOfBlock + tileX, columnsOfTiles - 1);
  auto inputAt = [&](const Expr &i, const Expr &j) {
    return conv.input.at({n, c, tileY * (ty.outputs * ty.stride) + i - conv.window.padBegin[0],
                          tileX * (tx.outputs * tx.stride) + j - conv.window.padBegin[1]});
  };
  parts.rows = Func(build.name("rows"));
  parts.rows(c, t, k, l, b, n) =
      mux(k, transformed(vertical.input, ty.stride,
                         valuesAt(ty.size(), [&](int i) { return inputAt(i, l); })));
  // Channels lie by cache lines: what a register tile reads for one after the other is contiguous.
  const int line = conv.groupChannels % lineLength == 0 ? lineLength : conv.groupChannels;
  Var inLine("in_line"), block("block");
  parts.input = Func(build.name("transformed"));
  parts.input(inLine, t, block, k, l, b, n) =
      mux(l, transformed(horizontal.input, tx.stride, valuesAt(tx.size(), [&](int j) {
                           return parts.rows(block * line + inLine, t, k, j, b, n);
                         })));

  RDom taps(0, line, 0, conv.groupChannels / line, build.name("taps"));
  const int tile = channelTile(build);
  bool isPacked = conv.filter.layout == Layout::Packed;
  Func filter = isPacked ? conv.filter.func : transformFilter(build, conv, transforms);
  Func sum(build.name("sum"));
  sum(c, t, k, l, b, n) = 0.0f;
  sum(c, t, k, l, b, n) += filter(c % tile, taps.y * line + taps.x, l, k, c / tile) *
                           parts.input(taps.x, t, taps.y, k, l, b, n);
  parts.products = Func(build.name("products"));
  parts.products(c, t, k, l, b, n) = sum(c, t, k, l, b, n);

  Expr inBlock = tileColumns > 0 ? x % columnsOfBlock : Expr(x);
  Expr blockX = tileColumns > 0 ? x / columnsOfBlock : Expr(0);
  parts.columns = Func(build.name("columns"));
  parts.columns(c, x, y, p, l, n) = mux(
      p, outputsOf(vertical, valuesAt(ty.size(), [&](int number) {
                     return parts.products(c, y * columnsOfBlock + inBlock, number, l, blockX, n);
                   })));
  parts.rowsOfBlock = rowsOfBlock;
  parts.columnsOfBlock = columnsOfBlock;
  parts.filterRows = build.anchor.winograd.filterRows;
  build.anchor.winograd = parts;
  build.anchor.accumulator = sum;
  build.anchor.taps = taps;
  Func columns = parts.columns;
  return [columns, transforms](const Indices &at) {
    const WinogradTile &ty = transforms.vertical.tile, &tx = transforms.horizontal.tile;
    return mux(at[3] % tx.outputs, outputsOf(transforms.horizontal, valuesAt(tx.size(), [&](int l) {
                                               return columns(at[1], at[3] / tx.outputs,
                                                              at[2] / ty.outputs,
                                                              at[2] % ty.outputs, l, at[0]);
                                             })));
  };
}

static int64_t outputChannelTile(const Schedule &schedule) {
  return schedule.parameters.at("lanes") * schedule.parameters.at("vectors");
}

static Transforms transformsOf(const Schedule &schedule, const WeightView &filter) {
  return transformsOf(schedule, filter.taps, filter.strides);
}

static std::vector<int64_t> packedShape(const Schedule &schedule, const WeightView &filter) {
  int64_t tile = outputChannelTile(schedule);
  Transforms transforms = transformsOf(schedule, filter);
  return {(filter.channels + tile - 1) / tile, transforms.vertical.tile.size(),
          transforms.horizontal.tile.size(), filter.inputs, tile};
}

// The filter of one pair of channels, [taps][taps], transformed: G g G^T, [size][size].
static std::vector<double> transformedFilter(const Transforms &transforms, const WeightView &filter,
                                             int64_t channel, int64_t input) {
  const WinogradTransform::Matrix &vertical = transforms.vertical.filter,
                                  &horizontal = transforms.horizontal.filter;
  size_t rows = vertical.front().size(), columns = horizontal.front().size();
  std::vector<double> half(vertical.size() * columns), whole;
  for (size_t k = 0; k < vertical.size(); ++k)
    for (size_t x = 0; x < columns; ++x)
      for (size_t y = 0; y < rows; ++y)
        half[k * columns + x] +=
            vertical[k][y] * filter.at(channel, input, static_cast<int64_t>(y * columns + x));
  for (size_t k = 0; k < vertical.size(); ++k)
    for (const std::vector<double> &row : horizontal)
      whole.push_back(std::inner_product(row.begin(), row.end(), &half[k * columns], 0.0));
  return whole;
}

static std::vector<float> pack(const Schedule &schedule, const WeightView &filter) {
  Transforms transforms = transformsOf(schedule, filter);
  int64_t tile = outputChannelTile(schedule),
          numbers = transforms.vertical.tile.size() * transforms.horizontal.tile.size();
  int64_t blocks = (filter.channels + tile - 1) / tile;
  std::vector<float> packed(static_cast<size_t>(blocks * numbers * filter.inputs * tile));
  for (int64_t c = 0; c < filter.channels; ++c)
    for (int64_t i = 0; i < filter.inputs; ++i) {
      std::vector<double> transformed = transformedFilter(transforms, filter, c, i);
      for (int64_t k = 0; k < numbers; ++k)
        packed[static_cast<size_t>(((c / tile * numbers + k) * filter.inputs + i) * tile +
                                   c % tile)] =
            static_cast<float>(transformed[static_cast<size_t>(k)]);
    }
  return packed;
}

static double error(const Schedule &schedule, const WeightView &filter) {
  auto [vertical, horizontal] = transformsOf(schedule, filter);
  return winogradError(vertical.tile, horizontal.tile);
}

ConvForm formWinograd() { return {packedShape, pack, outputChannelTile, sumWinograd, error}; }

} // namespace cnnc
