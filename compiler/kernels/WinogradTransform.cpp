#include "compiler/kernels/WinogradTransform.h"

#include <cassert>
#include <iterator>

namespace cnnc {

using Polynomial = std::vector<double>; // Coefficients, the constant one first.

// Small numbers, and with each its negative: then the rows of a pair share their even and odd
// parts.
static const double toomPoints[] = {0, 1, -1, 2, -2, 0.5, -0.5};

// The product of (x - p) over the first `count` points but number `skipped`.
static Polynomial productOfOthers(int count, int skipped) {
  Polynomial product = {1};
  for (int k = 0; k < count; ++k) {
    if (k == skipped)
      continue;
    Polynomial next(product.size() + 1, 0);
    for (size_t i = 0; i < product.size(); ++i) {
      next[i + 1] += product[i];
      next[i] -= toomPoints[k] * product[i];
    }
    product = next;
  }
  return product;
}

static double evaluate(const Polynomial &polynomial, double x) {
  double value = 0;
  for (size_t i = polynomial.size(); i-- > 0;)
    value = value * x + polynomial[i];
  return value;
}

static std::vector<double> powers(double x, int count) {
  std::vector<double> result = {1};
  while (static_cast<int>(result.size()) < count)
    result.push_back(result.back() * x);
  return result;
}

WinogradTile winogradTile(int64_t outputs, int64_t taps, int64_t stride) {
  return {taps == 1 ? 1 : static_cast<int>(outputs), static_cast<int>(taps),
          static_cast<int>(stride)};
}

bool hasWinogradTransform(const WinogradTile &tile) {
  if (tile.outputs == 1)
    return tile.taps == 1;
  bool shares = tile.taps > tile.stride; // An input serves several outputs.
  return shares && tile.points() <= 1 + static_cast<int>(std::size(toomPoints));
}

// F(outputs, taps) without stride.
static WinogradTransform phaseTransform(int outputs, int taps) {
  WinogradTransform transform;
  transform.tile = {outputs, taps, 1};
  int points = transform.tile.points(), finite = points - 1;
  size_t width = static_cast<size_t>(points);
  transform.output.assign(static_cast<size_t>(outputs), std::vector<double>(width, 0));
  for (int k = 0; k < finite; ++k) {
    Polynomial others = productOfOthers(finite, k);
    double norm = evaluate(others, toomPoints[k]);
    others.resize(width, 0);
    transform.input.push_back(others);
    std::vector<double> row = powers(toomPoints[k], taps);
    for (double &value : row)
      value /= norm;
    transform.filter.push_back(row);
    std::vector<double> column = powers(toomPoints[k], outputs);
    for (int i = 0; i < outputs; ++i)
      transform.output[static_cast<size_t>(i)][static_cast<size_t>(k)] =
          column[static_cast<size_t>(i)];
  }
  // The point at infinity: the leading coefficients.
  transform.input.push_back(productOfOthers(finite, -1));
  std::vector<double> last(static_cast<size_t>(taps), 0);
  last.back() = 1;
  transform.filter.push_back(last);
  transform.output.back().back() = 1;
  return transform;
}

// The rows of `matrix` for each phase, which sees every stride-th of `width` columns.
static WinogradTransform::Matrix inPhases(const WinogradTransform::Matrix &matrix, size_t rows,
                                          size_t width, size_t stride) {
  WinogradTransform::Matrix result(rows, std::vector<double>(width, 0));
  for (size_t row = 0; row < rows; ++row)
    for (size_t i = 0, column = row % stride; column < width; ++i, column += stride)
      result[row][column] = matrix[row / stride][i];
  return result;
}

WinogradTransform winogradTransform(const WinogradTile &tile) {
  assert(hasWinogradTransform(tile));
  size_t stride = static_cast<size_t>(tile.stride), size = static_cast<size_t>(tile.size());
  WinogradTransform transform =
      phaseTransform(tile.outputs, (tile.taps + tile.stride - 1) / tile.stride);
  transform.tile = tile;
  transform.input = inPhases(transform.input, size, size, stride);
  transform.filter = inPhases(transform.filter, size, static_cast<size_t>(tile.taps), stride);
  for (std::vector<double> &row : transform.output) {
    const std::vector<double> points = row;
    row.resize(size);
    for (size_t number = 0; number < size; ++number)
      row[number] = points[number / stride];
  }
  return transform;
}

// By how much a transform makes rounding errors larger than those of F(2, 3).
static double growthOf(const WinogradTile &tile) {
  return tile.points() <= 4 ? 1 : tile.points() <= 6 ? 3.2 : 4.5;
}

double winogradError(const WinogradTile &rows, const WinogradTile &columns) {
  return 5e-7 * growthOf(rows) * growthOf(columns);
}

} // namespace cnnc
