#include "compiler/check/Compare.h"

#include "compiler/support/Work.h"

#include <algorithm>
#include <cmath>

namespace cnnc {

double largest(const LogicalTensor &tensor) {
  double most = 0;
  for (double value : tensor.values)
    most = std::max(most, std::abs(value));
  return most;
}

double largestDifference(const LogicalTensor &actual, const LogicalTensor &expected) {
  double most = 0;
  for (size_t i = 0; i < actual.values.size(); ++i) {
    double a = actual.values[i], e = expected.values[i];
    if (a == e || (std::isnan(a) && std::isnan(e)))
      continue;
    if (std::isnan(a) || std::isnan(e))
      return NAN;
    most = std::max(most, std::abs(a - e));
  }
  return most;
}

/// Number of products or summands behind one element of the op's result.
static double reductionLength(const OpDescription &op, const std::vector<LogicalTensor> &values,
                              const LogicalTensor &result) {
  std::vector<reference::Shape> operands;
  for (int operand : op.operands)
    operands.push_back(values[static_cast<size_t>(operand)].shape);
  if (int64_t products = productsPerElement(op.name, operands))
    return static_cast<double>(products);
  double input = static_cast<double>(values[static_cast<size_t>(op.operands[0])].size());
  return std::max(1.0, input / static_cast<double>(result.size()));
}

ErrorBound::ErrorBound(const OpGraph &graph, const std::vector<LogicalTensor> &values) {
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const LogicalTensor &result = values[graph.inputs.size() + i];
    scale = std::max(scale, largest(result));
    length = std::max(length, reductionLength(graph.ops[i], values, result));
  }
}

double ErrorBound::bound(const KernelSpec &spec) const {
  const double epsilon = 1.1920929e-7, safety = 8;
  return safety * epsilon * std::sqrt(length) + addedError(spec);
}

} // namespace cnnc
