#include "compiler/kernels/WinogradTransform.h"

#include <cassert>

namespace cnnc {

using Polynomial = std::vector<double>; // Coefficients, the constant one first.

// Small numbers, and with each its negative: then the rows of a pair share their even and odd
// parts.
static const double points[] = {0, 1, -1, 2, -2, 0.5, -0.5};

// The product of (x - p) over the first `count` points but number `skipped`.
static Polynomial productOfOthers(int count, int skipped) {
  Polynomial product = {1};
  for (int k = 0; k < count; ++k) {
    if (k == skipped)
      continue;
    Polynomial next(product.size() + 1, 0);
    for (size_t i = 0; i < product.size(); ++i) {
      next[i + 1] += product[i];
      next[i] -= points[k] * product[i];
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

bool hasWinogradTransform(int outputs, int taps) {
  int size = outputs + taps - 1;
  return outputs >= 2 && taps >= 2 && size % 2 == 0 && size <= 8;
}

WinogradTransform winogradTransform(int outputs, int taps) {
  assert(hasWinogradTransform(outputs, taps));
  WinogradTransform transform;
  transform.outputs = outputs;
  transform.taps = taps;
  int size = transform.size(), finite = size - 1;
  size_t width = static_cast<size_t>(size);
  transform.output.assign(static_cast<size_t>(outputs), std::vector<double>(width, 0));
  for (int k = 0; k < finite; ++k) {
    Polynomial others = productOfOthers(finite, k);
    double norm = evaluate(others, points[k]);
    others.resize(width, 0);
    transform.input.push_back(others);
    std::vector<double> row = powers(points[k], taps);
    for (double &value : row)
      value /= norm;
    transform.filter.push_back(row);
    std::vector<double> column = powers(points[k], outputs);
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

double winogradError(int outputs, int taps) {
  int size = outputs + taps - 1;
  return size <= 4 ? 5e-7 : size <= 6 ? 5e-6 : 1e-5;
}

} // namespace cnnc
