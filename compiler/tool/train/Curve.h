// The losses of the epochs as a picture.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace cnnc {

/// Losses behind an epoch.
struct CurvePoint {
  double epoch = 0; ///< 1 is the first.
  double training = 0;
  std::optional<double> validation;
};

/// Numbers for an axis from `low` to `high`: 1, 2 or 5 times a power of ten apart, about `count`.
std::vector<double> axisNumbers(double low, double high, int count);

/// An SVG with a line for each kind of loss over the epochs. At least one point.
std::string drawCurve(const std::string &title, const std::vector<CurvePoint> &points);

} // namespace cnnc
