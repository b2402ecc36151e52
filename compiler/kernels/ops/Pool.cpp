// max_pool and avg_pool over any number of spatial dims. The border takes no part in a maximum; in
// an average it counts only with count_include_pad, and then as far as the padding reaches (with
// ceil_mode the last window may reach further, and that part never counts).
#include "compiler/kernels/ops/Window.h"

namespace cnnc {

using namespace Halide;

namespace {

struct PoolParts {
  Window window;
  Value input;
  std::vector<Var> vars;
  Indices at, space; // of the result; of the input under the tap
  RDom taps;
  bool isConsumer = false; // what it reads can be computed outside of its extents, too
};

} // namespace

static PoolParts poolParts(KernelBuild &build, const OpDescription &op, const Value &operand) {
  PoolParts pool;
  pool.isConsumer = !build.atAnchor();
  pool.input = build.reductionInput(operand);
  pool.window = windowOf(op, op.getInts("kernel_shape"), pool.input);
  pool.taps = RDom(pool.window.tapRanges(), build.name("taps"));
  pool.vars = dimVars(operand.rank());
  pool.at.assign(pool.vars.begin(), pool.vars.end());
  Indices taps;
  for (int dim = 0; dim < pool.taps.dimensions(); ++dim)
    taps.push_back(pool.taps[dim]);
  pool.space = pool.window.inputCoordinates(pool.at, taps);
  return pool;
}

// The input under the tap, `outside` where there is none.
static Expr tapValue(const PoolParts &pool, const Expr &outside) {
  Indices at = {pool.at[0], pool.at[1]};
  Indices space = pool.space;
  if (pool.window.leavesInput) {
    space = clampToInput(pool.space, pool.window.inputExtents);
    // A column more would be a register tile more in every row; a row more, one in a block.
    if (pool.isConsumer)
      std::copy(pool.space.begin(), pool.space.end() - 1, space.begin());
  }
  at.insert(at.end(), space.begin(), space.end());
  Expr value = pool.input.at(at);
  if (!pool.window.leavesInput)
    return value;
  return insideInput(pool.space, pool.window.inputExtents, value, outside);
}

static Indices poolShape(const KernelBuild &build, const OpDescription &op, const PoolParts &pool) {
  Indices inferred = {pool.input.shape[0], pool.input.shape[1]};
  inferred.insert(inferred.end(), pool.window.outputExtents.begin(),
                  pool.window.outputExtents.end());
  return build.resultShape(op, inferred);
}

// The pool of 2 x 2 after a conv by Winograd's algorithm: a tile of its results has whole windows,
// so that a maximum is one of four expressions and needs no reduction.
static Value maximumInTile(KernelBuild &build, const OpDescription &op, const Value &operand) {
  Indices inferred = {operand.shape[0], operand.shape[1], operand.shape[2] / 2,
                      operand.shape[3] / 2};
  return build.define(op, build.resultShape(op, inferred), [&](const Indices &at) {
    auto valueAt = [&](int y, int x) {
      return operand.at({at[0], at[1], at[2] * 2 + y, at[3] * 2 + x});
    };
    return max(max(valueAt(0, 0), valueAt(0, 1)), max(valueAt(1, 0), valueAt(1, 1)));
  });
}

Value buildMaxPool(KernelBuild &build, const OpDescription &op,
                   const std::vector<Value> &operands) {
  if (!build.atAnchor() && build.anchor.winograd.input.defined())
    return maximumInTile(build, op, operands[0]);
  PoolParts pool = poolParts(build, op, operands[0]);
  Type type = halideType(op.result.elementType);
  Expr lowest =
      type.is_float() ? cast(type, Expr(std::numeric_limits<float>::lowest())) : type.min();
  Func maximum(build.name("maximum"));
  std::vector<Var> arguments = inMemoryOrder(pool.input.layout, pool.vars);
  maximum(arguments) = lowest;
  maximum(arguments) = max(maximum(arguments), tapValue(pool, lowest));
  build.setReduction(maximum, pool.taps);
  return build.define(op, poolShape(build, op, pool), [&](const Indices &at) {
    return maximum(inMemoryOrder(pool.input.layout, at));
  });
}

Value buildAvgPool(KernelBuild &build, const OpDescription &op,
                   const std::vector<Value> &operands) {
  PoolParts pool = poolParts(build, op, operands[0]);
  Type type = halideType(op.result.elementType);
  Func sum(build.name("sum"));
  std::vector<Var> arguments = inMemoryOrder(pool.input.layout, pool.vars);
  sum(arguments) = Internal::make_zero(type);
  sum(arguments) += tapValue(pool, Internal::make_zero(type));
  build.setReduction(sum, pool.taps);
  return build.define(op, poolShape(build, op, pool), [&](const Indices &at) {
    Expr total = sum(inMemoryOrder(pool.input.layout, at));
    if (pool.window.leavesInput)
      return total / cast<float>(windowCount(op, pool.window, at));
    int64_t taps = 1;
    for (int64_t kernel : pool.window.kernel)
      taps *= kernel;
    return total * (1.0f / static_cast<float>(taps));
  });
}

} // namespace cnnc
