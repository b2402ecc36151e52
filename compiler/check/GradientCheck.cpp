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

/// The scalar as a function of one input, all others staying as they are.
class ScalarOfInput {
public:
  /// `values`: those of the whole graph.
  ScalarOfInput(const ScalarGraph &graph, int input, const std::vector<Tensor<double>> &values)
      : graph(graph), input(input), values(values) {
    findOps();
  }

  const Tensor<double> &at() const { return values[static_cast<size_t>(input)]; }

  double operator()(const Tensor<double> &moved) const {
    std::vector<Tensor<double>> results(ops.size());
    std::vector<const Tensor<double> *> current;
    for (const Tensor<double> &value : values)
      current.push_back(&value);
    current[static_cast<size_t>(input)] = &moved;
    for (size_t i = 0; i < ops.size(); ++i) {
      const OpDescription &op = graph.graph.ops[ops[i]];
      reference::Operands<double> operands;
      for (int operand : op.operands)
        operands.push_back(current[static_cast<size_t>(operand)]);
      results[i] = reference::evaluate(op, operands, graph.sizes);
      current[graph.inputs.size() + ops[i]] = &results[i];
    }
    return current[static_cast<size_t>(graph.scalar)]->values.front();
  }

private:
  /// Those that depend on the input and that the scalar depends on: nothing else is computed again.
  void findOps() {
    size_t first = graph.inputs.size();
    std::vector<bool> moves(values.size()), isNeeded(values.size());
    moves[static_cast<size_t>(input)] = true;
    for (size_t i = 0; i < graph.graph.ops.size(); ++i)
      for (int operand : graph.graph.ops[i].operands)
        if (moves[static_cast<size_t>(operand)])
          moves[first + i] = true;
    isNeeded[static_cast<size_t>(graph.scalar)] = true;
    for (size_t i = graph.graph.ops.size(); i-- > 0;)
      if (isNeeded[first + i])
        for (int operand : graph.graph.ops[i].operands)
          isNeeded[static_cast<size_t>(operand)] = true;
    for (size_t i = 0; i < graph.graph.ops.size(); ++i)
      if (moves[first + i] && isNeeded[first + i])
        ops.push_back(i);
  }

  const ScalarGraph &graph;
  int input;
  const std::vector<Tensor<double>> &values;
  std::vector<size_t> ops;
};

/// One gradient, and the scalar along lines through its input.
class InputCheck {
public:
  InputCheck(const ScalarOfInput &scalar, const InputGradient &gradient, double scale,
             const GradientCheckOptions &options)
      : scalar(scalar), gradient(gradient.values), scale(scale), kink(options.kink) {
    result.input = gradient.input;
    double largest = largestMagnitude(scalar.at());
    h = options.step * (largest > 0 ? largest : 1);
  }

  /// Checks the derivative with respect to one entry.
  void checkEntry(size_t entry) {
    std::vector<double> direction(gradient.values.size());
    direction[entry] = 1;
    check(direction, static_cast<int64_t>(entry), gradient.values[entry]);
  }

  /// Checks the derivative along `direction`, of length 1.
  void checkDirection(const std::vector<double> &direction) {
    check(direction, -1,
          std::inner_product(direction.begin(), direction.end(), gradient.values.begin(), 0.0));
  }

  InputGradientCheck result;

private:
  void check(const std::vector<double> &direction, int64_t entry, double along) {
    double whole = difference(direction, h), half = difference(direction, h / 2);
    if (std::abs(whole - half) > kink * std::max(scale, std::abs(half))) {
      ++result.skipped;
      return;
    }
    ++result.checked;
    double distance = std::abs(along - half), error = scale > 0 ? distance / scale : distance;
    // In this order, what is no number stays.
    if (!std::isnan(result.worstError) && !(error < result.worstError)) {
      result.worstError = error;
      result.worst = {entry, along, half};
    }
  }

  double scalarAt(const std::vector<double> &direction, double distance) const {
    Tensor<double> moved = scalar.at();
    for (size_t i = 0; i < direction.size(); ++i)
      moved.values[i] += distance * direction[i];
    return scalar(moved);
  }

  double difference(const std::vector<double> &direction, double distance) const {
    return (scalarAt(direction, distance) - scalarAt(direction, -distance)) / (2 * distance);
  }

  const ScalarOfInput &scalar;
  const Tensor<double> &gradient;
  double scale, kink, h = 0;
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

static std::vector<InputGradientCheck> check(const ScalarGraph &graph,
                                             const std::vector<Tensor<double>> &values,
                                             const std::vector<InputGradient> &gradients,
                                             const GradientCheckOptions &options) {
  double least = 0;
  for (const InputGradient &gradient : gradients)
    least = std::max(least, options.leastScale * largestMagnitude(gradient.values));
  std::mt19937_64 random(options.seed);
  std::vector<InputGradientCheck> results;
  for (const InputGradient &gradient : gradients) {
    ScalarOfInput scalar(graph, gradient.input, values);
    size_t size = gradient.values.values.size();
    double scale = std::max(least, largestMagnitude(gradient.values));
    InputCheck inputCheck(scalar, gradient, scale, options);
    inputCheck.checkDirection(randomDirection(size, random));
    for (size_t entry : sample(size, options.entries, random))
      inputCheck.checkEntry(entry);
    results.push_back(inputCheck.result);
  }
  return results;
}

/// The graph with the ops up to the scalar alone: the values behind it are of no use here.
static OpGraph upToScalar(const ScalarGraph &graph) {
  OpGraph forward = graph.graph;
  forward.ops.resize(static_cast<size_t>(graph.scalar) + 1 - forward.inputs.size());
  return forward;
}

std::vector<InputGradientCheck> checkGradients(const ScalarGraph &graph,
                                               const std::vector<InputGradient> &gradients,
                                               const GradientCheckOptions &options) {
  ScalarGraph forward = graph;
  forward.graph = upToScalar(graph);
  return check(forward, reference::evaluate(forward.graph, forward.inputs, forward.sizes),
               gradients, options);
}

std::vector<InputGradientCheck> checkGradients(const ScalarGraph &graph,
                                               const GradientCheckOptions &options) {
  auto values = reference::evaluate(graph.graph, graph.inputs, graph.sizes);
  std::vector<InputGradient> gradients;
  for (auto [input, gradient] : graph.gradients)
    gradients.push_back({input, values[static_cast<size_t>(gradient)]});
  return check(graph, values, gradients, options);
}

} // namespace cnnc
