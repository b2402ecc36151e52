// conv by Winograd's F(m, r) in two dims (WinogradTransform.h). Results are cut into tiles of m x
// m, from a x a inputs each, a = m + r - 1. Blocks have `tile_rows` rows of `tile_columns` tiles,
// or (0) of all tiles of a row; t numbers the tiles of a column of blocks, one row of tiles after
// the other.
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
// The packed filter' is [o / tile][k][l][c][o % tile].
#include "compiler/kernels/WinogradTransform.h"
#include "compiler/kernels/ops/Contraction.h"
#include "compiler/kernels/ops/ConvForms.h"

namespace cnnc {

using namespace Halide;

// One part of a row of a transform: the terms with even or with odd index.
static Expr partOf(const std::vector<double> &row, const std::vector<Expr> &values, size_t parity) {
  Expr sum;
  for (size_t i = parity; i < row.size(); i += 2) {
    if (row[i] == 0)
      continue;
    Expr term = row[i] == 1 ? values[i] : values[i] * static_cast<float>(row[i]);
    sum = sum.defined() ? sum + term : term;
  }
  return sum;
}

// True where `a` is `b` with the signs of one parity changed.
static bool isNegated(const std::vector<double> &a, const std::vector<double> &b, size_t parity) {
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i] != (i % 2 == parity ? -b[i] : b[i]))
      return false;
  return true;
}

// The product of a matrix with values. The rows of a pair of points p and -p differ in the signs of
// their even or odd terms, so that both share the sums of these.
static std::vector<Expr> transformed(const WinogradTransform::Matrix &matrix,
                                     const std::vector<Expr> &values) {
  std::vector<Expr> result;
  for (size_t r = 0; r < matrix.size(); ++r) {
    bool second = r > 0 && r % 2 == 0 && r + 1 < matrix.size();
    size_t parity = second && isNegated(matrix[r], matrix[r - 1], 0) ? 0 : 1;
    if (second && isNegated(matrix[r], matrix[r - 1], parity)) {
      Expr even = partOf(matrix[r - 1], values, 0), odd = partOf(matrix[r - 1], values, 1);
      result.push_back(parity == 0 ? odd - even : even - odd);
      continue;
    }
    Expr even = partOf(matrix[r], values, 0), odd = partOf(matrix[r], values, 1);
    result.push_back(!even.defined() ? odd : !odd.defined() ? even : even + odd);
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

static std::function<Expr(const Indices &)> sumWinograd(KernelBuild &build, ConvParts conv) {
  // The last tiles reach beyond the result.
  conv.input = borderedInput(build, conv, conv.input.layout, /*beyond=*/true);
  const int m = build.parameter("outputs"), tileRows = build.parameter("tile_rows"),
            tileColumns = build.parameter("tile_columns");
  const WinogradTransform transform =
      winogradTransform(m, static_cast<int>(conv.window.kernel.back()));
  const int size = transform.size();
  // Extents are at least 1; said so, a division by them has simple bounds.
  const Expr rowsOfTiles = max((conv.shape[2] + m - 1) / m, 1),
             columnsOfTiles = max((conv.shape[3] + m - 1) / m, 1),
             columnsOfBlock = tileColumns > 0 ? Expr(tileColumns) : columnsOfTiles;
  Var c("c"), t("t"), k("k"), l("l"), p("p"), x("x"), y("y"), b("b"), n("n");
  WinogradParts parts;

  // Register tiles reach beyond the last tile, and the last block of a row beyond the row; the last
  // tiles are then computed once more.
  Expr tileOfColumn = min(t, rowsOfTiles * columnsOfBlock - 1);
  Expr tileY = tileOfColumn / columnsOfBlock, tileX = tileOfColumn % columnsOfBlock;
  if (tileColumns > 0)
    tileX = min(b * tileColumns + tileX, columnsOfTiles - 1);
  auto inputAt = [&](const Expr &i, const Expr &j) {
    return conv.input.at(
        {n, c, tileY * m + i - conv.window.padBegin[0], tileX * m + j - conv.window.padBegin[1]});
  };
  parts.rows = Func(build.name("rows"));
  parts.rows(c, t, k, l, b, n) =
      mux(k, transformed(transform.input, valuesAt(size, [&](int i) { return inputAt(i, l); })));
  parts.input = Func(build.name("transformed"));
  parts.input(c, t, k, l, b, n) =
      mux(l, transformed(transform.input,
                         valuesAt(size, [&](int j) { return parts.rows(c, t, k, j, b, n); })));

  RDom taps(0, conv.groupChannels, build.name("taps"));
  const int tile = channelTile(build);
  Func sum(build.name("sum"));
  sum(c, t, k, l, b, n) = 0.0f;
  sum(c, t, k, l, b, n) +=
      conv.filter.func(c % tile, taps, l, k, c / tile) * parts.input(taps, t, k, l, b, n);
  parts.products = Func(build.name("products"));
  parts.products(c, t, k, l, b, n) = sum(c, t, k, l, b, n);

  Expr inBlock = tileColumns > 0 ? x % tileColumns : Expr(x);
  Expr blockX = tileColumns > 0 ? x / tileColumns : Expr(0);
  parts.columns = Func(build.name("columns"));
  parts.columns(c, x, y, p, l, n) =
      mux(p, transformed(transform.output, valuesAt(size, [&](int k) {
                           return parts.products(c, y * columnsOfBlock + inBlock, k, l, blockX, n);
                         })));
  parts.tiles = tileRows * columnsOfBlock;
  build.anchor.winograd = parts;
  build.anchor.accumulator = sum;
  build.anchor.taps = taps;
  Func columns = parts.columns;
  return [=](const Indices &at) {
    return mux(at[3] % m, transformed(transform.output, valuesAt(size, [&](int l) {
                                        return columns(at[1], at[3] / m, at[2] / m, at[2] % m, l,
                                                       at[0]);
                                      })));
  };
}

static int64_t outputChannelTile(const Schedule &schedule) {
  return schedule.parameters.at("lanes") * schedule.parameters.at("vectors");
}

static WinogradTransform transformOf(const Schedule &schedule, const WeightView &filter) {
  return winogradTransform(static_cast<int>(schedule.parameters.at("outputs")),
                           static_cast<int>(filter.taps.back()));
}

static std::vector<int64_t> packedShape(const Schedule &schedule, const WeightView &filter) {
  int64_t tile = outputChannelTile(schedule), size = transformOf(schedule, filter).size();
  return {(filter.channels + tile - 1) / tile, size, size, filter.inputs, tile};
}

// The filter of one pair of channels, [taps][taps], transformed: G g G^T, [size][size].
static std::vector<double> transformedFilter(const WinogradTransform &transform,
                                             const WeightView &filter, int64_t channel,
                                             int64_t input) {
  size_t size = static_cast<size_t>(transform.size()), taps = static_cast<size_t>(transform.taps);
  std::vector<double> half(size * taps), whole(size * size);
  for (size_t k = 0; k < size; ++k)
    for (size_t x = 0; x < taps; ++x)
      for (size_t y = 0; y < taps; ++y)
        half[k * taps + x] +=
            transform.filter[k][y] * filter.at(channel, input, static_cast<int64_t>(y * taps + x));
  for (size_t k = 0; k < size; ++k)
    for (size_t l = 0; l < size; ++l)
      for (size_t x = 0; x < taps; ++x)
        whole[k * size + l] += transform.filter[l][x] * half[k * taps + x];
  return whole;
}

static std::vector<float> pack(const Schedule &schedule, const WeightView &filter) {
  WinogradTransform transform = transformOf(schedule, filter);
  int64_t tile = outputChannelTile(schedule), numbers = transform.size() * transform.size();
  int64_t blocks = (filter.channels + tile - 1) / tile;
  std::vector<float> packed(static_cast<size_t>(blocks * numbers * filter.inputs * tile));
  for (int64_t c = 0; c < filter.channels; ++c)
    for (int64_t i = 0; i < filter.inputs; ++i) {
      std::vector<double> transformed = transformedFilter(transform, filter, c, i);
      for (int64_t k = 0; k < numbers; ++k)
        packed[static_cast<size_t>(((c / tile * numbers + k) * filter.inputs + i) * tile +
                                   c % tile)] =
            static_cast<float>(transformed[static_cast<size_t>(k)]);
    }
  return packed;
}

static double error(const Schedule &schedule, const WeightView &filter) {
  return winogradError(static_cast<int>(schedule.parameters.at("outputs")),
                       static_cast<int>(filter.taps.back()));
}

ConvForm formWinograd() { return {packedShape, pack, outputChannelTile, sumWinograd, error}; }

} // namespace cnnc
