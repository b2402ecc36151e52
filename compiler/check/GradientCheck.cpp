#include "compiler/check/GradientCheck.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace cnnc {

using reference::Tensor;

static double largestMagnitude(const Tensor<double> &tensor) {
  double largest = 0;
  for (double value : tensor.values)
    largest = std::max(largest, std::abs(value));
  return largest;
}

namespace {

/// One input, and the scalar along lines through it.
class InputCheck {
public:
  InputCheck(const ScalarGraph &graph, int input, const Tensor<double> &gradient, double step)
      : graph(graph), gradient(gradient), scale(largestMagnitude(gradient)) {
    result.input = input;
    double largest = largestMagnitude(at());
    h = step * (largest > 0 ? largest : 1);
  }

  /// Checks the derivative along `direction`, of length 1.
  void check(const std::vector<double> &direction, int64_t entry) {
    double whole = difference(direction, h), half = difference(direction, h / 2);
    double along =
        std::inner_product(direction.begin(), direction.end(), gradient.values.begin(), 0.0);
    // Smooth functions give differences that agree to h^2.
    if (std::abs(whole - half) > 1e-5 * std::max(scale, std::abs(half))) {
      ++result.skipped;
      return;
    }
    ++result.checked;
    double distance = std::abs(along - half), error = scale > 0 ? distance / scale : distance;
    if (error >= result.worstError) {
      result.worstError = error;
      result.worst = {entry, along, half};
    }
  }

  InputGradientCheck result;

private:
  const Tensor<double> &at() const { return graph.inputs[static_cast<size_t>(result.input)]; }

  double scalarAt(const std::vector<double> &direction, double distance) const {
    std::vector<Tensor<double>> inputs = graph.inputs;
    std::vector<double> &moved = inputs[static_cast<size_t>(result.input)].values;
    for (size_t i = 0; i < moved.size(); ++i)
      moved[i] += distance * direction[i];
    auto values = reference::evaluate(graph.graph, std::move(inputs), graph.sizes);
    return values[static_cast<size_t>(graph.scalar)].values.front();
  }

  double difference(const std::vector<double> &direction, double distance) const {
    return (scalarAt(direction, distance) - scalarAt(direction, -distance)) / (2 * distance);
  }

  const ScalarGraph &graph;
  const Tensor<double> &gradient;
  double scale, h = 0;
};

} // namespace

static std::vector<double> randomDirection(size_t size, std::mt19937_64 &random) {
  std::normal_distribution<double> normal;
  std::vector<double> direction(size);
  for (double &value : direction)
    value = normal(random);
  double length =
      std::sqrt(std::inner_product(direction.begin(), direction.end(), direction.begin(), 0.0));
  for (double &value : direction)
    value /= length;
  return direction;
}

/// Which entries of a tensor of `size` to look at.
static std::vector<size_t> sample(size_t size, int entries, std::mt19937_64 &random) {
  std::vector<size_t> all(size), some;
  std::iota(all.begin(), all.end(), 0);
  if (entries < 0 || static_cast<size_t>(entries) >= size)
    return all;
  std::sample(all.begin(), all.end(), std::back_inserter(some), entries, random);
  return some;
}

/// The graph of the scalar alone: nothing behind it is computed for the differences.
static OpGraph upToScalar(const ScalarGraph &graph) {
  OpGraph forward = graph.graph;
  size_t needed = static_cast<size_t>(graph.scalar) + 1 - forward.inputs.size();
  forward.ops.resize(needed);
  return forward;
}

std::vector<InputGradientCheck> checkGradients(const ScalarGraph &graph,
                                               const GradientCheckOptions &options) {
  auto values = reference::evaluate(graph.graph, graph.inputs, graph.sizes);
  ScalarGraph forward = graph;
  forward.graph = upToScalar(graph);
  std::mt19937_64 random(options.seed);
  std::vector<InputGradientCheck> results;
  for (auto [input, gradient] : graph.gradients) {
    const Tensor<double> &exact = values[static_cast<size_t>(gradient)];
    InputCheck check(forward, input, exact, options.step);
    check.check(randomDirection(exact.values.size(), random), -1);
    for (size_t entry : sample(exact.values.size(), options.entries, random)) {
      std::vector<double> direction(exact.values.size());
      direction[entry] = 1;
      check.check(direction, static_cast<int64_t>(entry));
    }
    results.push_back(check.result);
  }
  return results;
}

} // namespace cnnc
