// Ops to differentiate: at least one case for each that has a gradient.
#pragma once

#include <string>
#include <vector>

namespace cnnc {

struct GradientCase {
  std::string name;                  ///< What it shows; a C++ identifier.
  std::string arguments, op, result; ///< As in MLIR: of a function, an op on these, its type.
  double low = -1, high = 1;         ///< What inputs are drawn from.
  std::vector<int64_t> sizes = {};   ///< The symbolic sizes, where it has some.
  bool training = false;             ///< In the form for training; the last argument is the step.
};

const std::vector<GradientCase> &gradientCases();

} // namespace cnnc
