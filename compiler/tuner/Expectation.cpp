#include "compiler/tuner/Expectation.h"

#include "compiler/check/Compare.h"
#include "compiler/reference/Reference.h"

#include <algorithm>
#include <cstring>

namespace cnnc {

HostTensor makeInput(const TuningProblem &problem, size_t input) {
  TensorDescription tensor = atSizes(problem.spec, problem.sizes).graph.inputs[input];
  return randomTensor(tensor.elementType, tensor.shape, input + 1);
}

Expectation evaluateReference(const TuningProblem &problem) {
  const OpGraph &graph = problem.spec.graph;
  std::vector<LogicalTensor> inputs;
  for (size_t i = 0; i < graph.inputs.size(); ++i)
    inputs.push_back(toLogical(makeInput(problem, i), Layout::RowMajor));
  std::vector<LogicalTensor> values =
      reference::evaluate<double>(graph, std::move(inputs), problem.sizes);
  ErrorBound bound(graph, values);
  return {toMemory(values.back(), graph.result().elementType, problem.spec.outputLayout),
          bound.scale, bound.length};
}

std::string Expectation::toBytes() const {
  std::string bytes(2 * sizeof(double), '\0');
  std::memcpy(bytes.data(), &scale, sizeof scale);
  std::memcpy(bytes.data() + sizeof scale, &length, sizeof length);
  return bytes + std::string(result.bytes.data(), result.bytes.size());
}

HostTensor makeResult(const TuningProblem &problem) {
  std::vector<int64_t> shape = atSizes(problem.spec, problem.sizes).graph.result().shape;
  if (problem.spec.outputLayout == Layout::ChannelsLast && shape.size() >= 3)
    std::rotate(shape.begin() + 1, shape.begin() + 2, shape.end());
  return HostTensor(problem.spec.graph.result().elementType, shape);
}

std::optional<Expectation> Expectation::fromBytes(const TuningProblem &problem,
                                                  const std::string &bytes) {
  Expectation expectation;
  expectation.result = makeResult(problem);
  if (bytes.size() != 2 * sizeof(double) + expectation.result.bytes.size())
    return std::nullopt;
  std::memcpy(&expectation.scale, bytes.data(), sizeof(double));
  std::memcpy(&expectation.length, bytes.data() + sizeof(double), sizeof(double));
  std::memcpy(expectation.result.bytes.data(), bytes.data() + 2 * sizeof(double),
              expectation.result.bytes.size());
  return expectation;
}

Status Expectation::check(const TuningProblem &problem, const Schedule &schedule,
                          const HostTensor &actual) const {
  KernelSpec spec = atSizes(problem.spec, problem.sizes);
  spec.schedule = schedule;
  ErrorBound bound(scale, length);
  double error = bound.relative(
      largestDifference(toLogical(actual, Layout::RowMajor), toLogical(result, Layout::RowMajor)));
  if (error <= bound.bound(spec)) // False for a NaN, too.
    return done();
  char text[96];
  std::snprintf(text, sizeof text, "wrong results: error %.2e, bound %.2e", error,
                bound.bound(spec));
  return Error{text};
}

} // namespace cnnc
