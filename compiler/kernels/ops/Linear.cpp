// linear: y[..., m] = bias[m] + sum over k of weight[m, k] * x[..., k].
#include "compiler/kernels/ops/Contraction.h"

namespace cnnc {

using namespace Halide;

Value buildLinear(KernelBuild &build, const OpDescription &op, const std::vector<Value> &operands) {
  if (!build.atAnchor())
    throw KernelError("a linear must be the anchor of its kernel");
  Value input = stagedInput(build, operands[0], operands[0].layout, nullptr);
  const Value &weight = operands[1];
  int rank = input.rank();
  int tile = channelTile(build);
  Func filter = packedFilter(build, weight, weight.shape[0], 1, 0,
                             [&](const Expr &channel, const Indices &taps, const Indices &) {
                               return weight.at({channel, taps[0]});
                             });
  RDom taps(Region{{0, weight.shape[1]}}, build.name("taps"));
  std::vector<Var> vars = dimVars(rank);
  Indices at(vars.begin(), vars.end()), inputAt = at;
  inputAt.back() = taps[0];
  Func sum(build.name("sum"));
  std::vector<Var> arguments = inMemoryOrder(Layout::RowMajor, vars);
  sum(arguments) = 0.0f;
  sum(arguments) += filter(at.back() % tile, taps[0], at.back() / tile) * input.at(inputAt);
  build.anchor.accumulator = sum;
  build.anchor.taps = taps;
  build.anchor.channelDim = rank - 1;
  build.anchor.columnDim = rank - 2;
  Indices inferred = operands[0].shape;
  inferred.back() = weight.shape[0];
  return build.define(op, build.resultShape(op, inferred), [&](const Indices &at) {
    Expr value = sum(inMemoryOrder(Layout::RowMajor, at));
    return operands.size() > 2 ? value + operands[2].at({at.back()}) : value;
  });
}

} // namespace cnnc
