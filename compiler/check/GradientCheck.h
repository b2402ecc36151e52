// Gradients beside central differences, both by the reference in double precision.
#pragma once

#include "compiler/reference/Reference.h"

#include <cstdint>
#include <vector>

namespace cnnc {

/// A scalar and its gradients as one graph.
struct ScalarGraph {
  OpGraph graph;
  std::vector<reference::Tensor<double>> inputs; ///< Where the gradients are taken.
  std::vector<int64_t> sizes;                    ///< Run-time sizes, symbol k being sizes[k].
  int scalar = 0;                                ///< The value that is differentiated.
  /// For each input that it is differentiated by: the input's number, and the gradient's value.
  std::vector<std::pair<int, int>> gradients;
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
  /// sum in which large numbers cancel.
  double worstError = 0;
};

struct GradientCheckOptions {
  int entries = 32;   ///< Sampled per input; all, where there are no more. A negative number: all.
  double step = 1e-4; ///< Of the differences, relative to the input's largest magnitude.
  uint64_t seed = 1;  ///< Of the random directions and samples.
};

/// Compares the gradient with respect to each input with (f(x + h) - f(x - h)) / 2 h, along one
/// random direction and in some entries. Where half the step gives another difference there is a
/// kink nearby, which tells nothing: it is counted and skipped.
std::vector<InputGradientCheck> checkGradients(const ScalarGraph &graph,
                                               const GradientCheckOptions &options = {});

} // namespace cnnc
