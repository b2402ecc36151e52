// The transforms of Winograd's minimal filtering algorithms F(m, r): m outputs of a correlation
// with r taps from a = m + r - 1 inputs, with a multiplications in place of m r.
//
//     y = A^T [ (G g) * (B^T d) ]        (* elementwise)
//
// Made by Toom and Cook's method: polynomials are evaluated at a - 1 points and at infinity,
// multiplied there, and interpolated. In two dims each transform is applied to columns and rows.
// S. Winograd, "Arithmetic complexity of computations", 1980; for convolutional networks
// A. Lavin and S. Gray, "Fast algorithms for convolutional neural networks", CVPR 2016.
#pragma once

#include <vector>

namespace cnnc {

/// Matrices as lists of rows.
struct WinogradTransform {
  using Matrix = std::vector<std::vector<double>>;

  int outputs = 0, taps = 0; ///< m and r.
  Matrix input;              ///< B^T: a x a.
  Matrix filter;             ///< G: a x r.
  Matrix output;             ///< A^T: m x a.

  int size() const { return outputs + taps - 1; } ///< a.
};

/// F(outputs, taps), where hasWinogradTransform: for 4, 6 or 8 inputs.
WinogradTransform winogradTransform(int outputs, int taps);

/// True where winogradTransform has points for F(outputs, taps).
bool hasWinogradTransform(int outputs, int taps);

/// What F(outputs, taps) in two dims adds to the rounding error of a conv's result, relative to the
/// result's largest number: typical, as tests/kernels measures it.
double winogradError(int outputs, int taps);

} // namespace cnnc
