// reduce_mean, reduce_max, reduce_sum over any set of dims.
#include "compiler/kernels/KernelBuild.h"

#include <algorithm>

namespace cnnc {

using namespace Halide;

namespace {

/// A reduction's loops: the operand's coordinates are the kept dims' Vars and the reduced dims'
/// taps.
struct Reduction {
  Value input;
  std::vector<bool> reduced; // per dim of the operand
  std::vector<Var> kept;     // loop variables of the kept dims, memory order
  RDom taps;                 // fastest first
  Indices inputAt;
  Expr count;

  /// The kept ones of the operand's coordinates, in memory order.
  Indices keptOf(const Indices &coordinates) const {
    Indices result;
    for (int dim : memoryOrder(input.layout, input.rank()))
      if (!reduced[static_cast<size_t>(dim)])
        result.push_back(coordinates[static_cast<size_t>(dim)]);
    return result;
  }
};

} // namespace

static Reduction reductionOf(KernelBuild &build, const OpDescription &op, const Value &operand) {
  Reduction reduction;
  reduction.input = build.reductionInput(operand);
  reduction.reduced.assign(operand.shape.size(), false);
  for (int64_t axis : op.getInts("axes"))
    reduction.reduced[static_cast<size_t>(axis)] = true;
  Region ranges;
  std::vector<int> order = memoryOrder(reduction.input.layout, operand.rank());
  reduction.count = 1;
  for (int dim : order)
    if (reduction.reduced[static_cast<size_t>(dim)]) {
      ranges.push_back({0, operand.shape[static_cast<size_t>(dim)]});
      reduction.count = reduction.count * operand.shape[static_cast<size_t>(dim)];
    }
  if (ranges.empty())
    ranges.push_back({0, 1});
  reduction.taps = RDom(ranges, build.name("taps"));
  std::vector<Var> vars = dimVars(operand.rank());
  reduction.inputAt.assign(vars.begin(), vars.end());
  int tap = 0;
  for (int dim : order) {
    if (reduction.reduced[static_cast<size_t>(dim)])
      reduction.inputAt[static_cast<size_t>(dim)] = reduction.taps[tap++];
    else
      reduction.kept.push_back(vars[static_cast<size_t>(dim)]);
  }
  return reduction;
}

// The operand's coordinates (reduced dims 0) of the result's.
static Indices operandCoordinates(const Reduction &reduction, bool keepDims, const Indices &at) {
  Indices coordinates;
  size_t next = 0;
  for (bool reduced : reduction.reduced) {
    coordinates.push_back(reduced ? Expr(0) : at[next]);
    next += !reduced || keepDims;
  }
  return coordinates;
}

static Value buildReduce(KernelBuild &build, const OpDescription &op, const Value &operand,
                         const std::string &what) {
  Reduction reduction = reductionOf(build, op, operand);
  bool keepDims = op.getBool("keepdims");
  bool isMax = what == "max";
  Type type = halideType(op.result.elementType);
  Expr lowest =
      type.is_float() ? cast(type, Expr(std::numeric_limits<float>::lowest())) : type.min();
  Expr value = reduction.input.at(reduction.inputAt);
  Func result(build.name(isMax ? "maximum" : "sum"));
  result(reduction.kept) = isMax ? lowest : Internal::make_zero(type);
  if (isMax)
    result(reduction.kept) = max(result(reduction.kept), value);
  else
    result(reduction.kept) += value;
  build.setReduction(result, reduction.taps);

  Indices inferred;
  for (size_t dim = 0; dim < reduction.reduced.size(); ++dim)
    if (!reduction.reduced[dim] || keepDims)
      inferred.push_back(reduction.reduced[dim] ? Expr(1) : operand.shape[dim]);
  return build.define(op, build.resultShape(op, inferred), [&](const Indices &at) {
    Expr total = result(reduction.keptOf(operandCoordinates(reduction, keepDims, at)));
    return what == "mean" ? total / cast(type, reduction.count) : total;
  });
}

Value buildReduceMean(KernelBuild &build, const OpDescription &op,
                      const std::vector<Value> &operands) {
  return buildReduce(build, op, operands[0], "mean");
}
Value buildReduceMax(KernelBuild &build, const OpDescription &op,
                     const std::vector<Value> &operands) {
  return buildReduce(build, op, operands[0], "max");
}
Value buildReduceSum(KernelBuild &build, const OpDescription &op,
                     const std::vector<Value> &operands) {
  return buildReduce(build, op, operands[0], "sum");
}

} // namespace cnnc
