// Gradients beside central differences, these by the reference in double precision.
#pragma once

#include "compiler/reference/Reference.h"

#include <cstdint>
#include <vector>

namespace cnnc {

/// A scalar, and maybe its gradients, as one graph.
struct ScalarGraph {
  OpGraph graph;
  std::vector<reference::Tensor<double>> inputs; ///< Where the gradients are taken.
  std::vector<int64_t> sizes;                    ///< Run-time sizes, symbol k being sizes[k].
  int scalar = 0;                                ///< The value that is differentiated.
  /// For each input that it is differentiated by: the input's number, and the gradient's value.
  std::vector<std::pair<int, int>> gradients;
};

/// What someone says the gradient with respect to an input is.
struct InputGradient {
  int input = 0;                    ///< Its number in the graph.
  reference::Tensor<double> values; ///< Of the input's shape.
};

/// A derivative by both ways.
struct Derivative {
  int64_t entry = 0; ///< Of the input, row-major; -1: along a random direction.
  double gradient = 0, difference = 0;
};

/// What the check of one input found.
struct InputGradientCheck {
  int input = 0;
  int checked = 0, skipped = 0; ///< Derivatives; skipped are those at a kink.
  Derivative worst;
  /// The distance of the two, relative to the largest entry of the gradient: an entry near 0 is a
  /// sum in which large numbers cancel. No number if the gradient has an entry that is none.
  double worstError = 0;
};

struct GradientCheckOptions {
  int entries = 32;   ///< Sampled per input; all, where there are no more. A negative number: all.
  double step = 1e-4; ///< Of the differences, relative to the input's largest magnitude.
  /// How far the differences of two steps may be apart, relative to the largest entry of the
  /// gradient, before they are taken to be at a kink. Smooth functions have them agree to step^2.
  double kink = 1e-5;
  /// A gradient whose largest entry is less than this share of the largest of all inputs is
  /// measured as if it had such an entry. One that is exactly 0 in theory (of a bias before a batch
  /// norm) is rounding noise of numbers that cancel.
  double leastScale = 0;
  uint64_t seed = 1; ///< Of the random directions and samples.
};

/// Compares each gradient with (f(x + h) - f(x - h)) / 2 h, along one random direction and in some
/// entries; a result for each, in their order. Where half the step gives another difference there
/// is a kink nearby, which tells nothing: it is counted and skipped.
std::vector<InputGradientCheck> checkGradients(const ScalarGraph &graph,
                                               const std::vector<InputGradient> &gradients,
                                               const GradientCheckOptions &options = {});

/// The same for the gradients that the graph itself computes.
std::vector<InputGradientCheck> checkGradients(const ScalarGraph &graph,
                                               const GradientCheckOptions &options = {});

} // namespace cnnc
