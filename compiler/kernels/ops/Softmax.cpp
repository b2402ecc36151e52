// softmax: y = exp(t * (x - m)) / sum of exp(t * (x - m)) along the axis; m, the largest x (for a
// negative temperature the smallest), keeps exp from overflowing. log_softmax: y = x - m - log of
// the same sum.
#include "compiler/kernels/KernelBuild.h"

namespace cnnc {

using namespace Halide;

static Value buildEither(KernelBuild &build, const OpDescription &op,
                         const std::vector<Value> &operands, double inverseTemperature,
                         bool logarithm) {
  if (!build.atAnchor())
    throw KernelError("a softmax must be the anchor of its kernel");
  const Value &input = operands[0];
  size_t axis = static_cast<size_t>(op.getInt("axis"));
  Expr temperature = static_cast<float>(inverseTemperature);
  std::vector<Var> vars = dimVars(input.rank());
  Indices at(vars.begin(), vars.end()), along = at;
  RDom taps(Region{{0, input.shape[axis]}}, build.name("taps"));
  along[axis] = taps[0];
  std::vector<Var> rows; // every dim but the axis, memory order
  for (int dim : memoryOrder(input.layout, input.rank()))
    if (static_cast<size_t>(dim) != axis)
      rows.push_back(vars[static_cast<size_t>(dim)]);
  auto rowOf = [&](const Indices &coordinates) {
    Indices row;
    for (int dim : memoryOrder(input.layout, input.rank()))
      if (static_cast<size_t>(dim) != axis)
        row.push_back(coordinates[static_cast<size_t>(dim)]);
    return row;
  };

  Func largest(build.name("largest")), exponential(build.name("exponential")),
      sum(build.name("sum"));
  largest(rows) = std::numeric_limits<float>::lowest();
  largest(rows) = max(largest(rows), temperature * input.at(along));
  std::vector<Var> arguments = inMemoryOrder(input.layout, vars);
  exponential(arguments) = exp(temperature * input.at(at) - largest(rowOf(at)));
  sum(rows) = 0.0f;
  sum(rows) += exponential(inMemoryOrder(input.layout, along));
  build.anchor.accumulator = sum;
  build.anchor.taps = taps;
  build.anchor.staged = exponential;
  build.anchor.stagedValue = input;
  build.anchor.filter = largest;
  build.anchor.channelDim = static_cast<int>(axis);
  return build.define(op, build.resultShape(op, input.shape), [&](const Indices &at) {
    if (logarithm)
      return input.at(at) - largest(rowOf(at)) - log(sum(rowOf(at)));
    return exponential(inMemoryOrder(input.layout, at)) / sum(rowOf(at));
  });
}

Value buildSoftmax(KernelBuild &build, const OpDescription &op,
                   const std::vector<Value> &operands) {
  return buildEither(build, op, operands, op.getFloat("temperature"), false);
}

Value buildLogSoftmax(KernelBuild &build, const OpDescription &op,
                      const std::vector<Value> &operands) {
  return buildEither(build, op, operands, 1, true);
}

} // namespace cnnc
