// The transforms of Winograd's minimal filtering algorithms F(m, r): m outputs of a correlation
// with r taps from a = m + r - 1 inputs, with a multiplications in place of m r.
//
//     y = A^T [ (G g) * (B^T d) ]        (* elementwise)
//
// Made by Toom and Cook's method: polynomials are evaluated at a - 1 points and at infinity,
// multiplied there, and interpolated. In two dims each transform is applied to columns and rows.
// S. Winograd, "Arithmetic complexity of computations", 1980; for convolutional networks
// A. Lavin and S. Gray, "Fast algorithms for convolutional neural networks", CVPR 2016.
//
// Under a stride s input and filter fall into s phases, each of every s-th element:
//
//     y[q] = sum over k of g[k] d[s q + k] = sum over phases p and j of g[s j + p] d[s (q + j) + p]
//
// Each phase is a correlation without stride, with r / s taps, rounded up or down. All are
// evaluated at the same points, so that one A^T makes the outputs of the sums over the phases. A
// phase with a tap less has a leading coefficient of 0: at infinity it has no product.
#pragma once

#include <cstdint>
#include <vector>

namespace cnnc {

/// F(outputs, taps) along one dim, under a stride.
struct WinogradTile {
  int outputs = 1, taps = 1, stride = 1;

  /// Points of the polynomials, infinity among them: a without stride.
  int points() const { return outputs + (taps + stride - 1) / stride - 1; }
  /// Inputs of the tile, and products of numbers: (point, phase), but for the phases that have none
  /// at infinity.
  int size() const { return (outputs - 1) * stride + taps; }
};

/// The tile of a dim with so many taps: a single one leaves nothing to gain, and has one output.
WinogradTile winogradTile(int64_t outputs, int64_t taps, int64_t stride);

/// Matrices as lists of rows. Row point * stride + phase is that of a number, column i of the input
/// that of its element i.
struct WinogradTransform {
  using Matrix = std::vector<std::vector<double>>;

  WinogradTile tile;
  Matrix input;  ///< B^T: size x size.
  Matrix filter; ///< G: size x taps.
  Matrix output; ///< A^T: outputs x size.
};

/// The transform of a tile that has one.
WinogradTransform winogradTransform(const WinogradTile &tile);

/// True where winogradTransform has points for the tile, which has something to gain, or is of
/// single numbers.
bool hasWinogradTransform(const WinogradTile &tile);

/// What the algorithm with these tiles of rows and columns adds to the rounding error of a conv's
/// result, relative to the result's largest number: typical, as tests/kernels measures it.
double winogradError(const WinogradTile &rows, const WinogradTile &columns);

} // namespace cnnc
