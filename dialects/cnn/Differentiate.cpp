// Reverse-mode differentiation:
//
// 1. From the ops' order, what depends on the values that gradients are wanted for: only through
//    these do gradients flow.
// 2. From the last op to the first, each is asked for the gradients of its operands, given that of
//    its result, which by then is complete: the sum over all its uses.
#include "dialects/cnn/Differentiate.h"
#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;

namespace cnnc::cnn {

static bool readsAny(Operation &op, const DenseSet<Value> &values) {
  return llvm::any_of(op.getOperands(), [&](Value v) { return values.contains(v); });
}

/// The values, and what is computed from them.
static DenseSet<Value> dependentOn(ArrayRef<Value> values, Block &block) {
  DenseSet<Value> dependent(values.begin(), values.end());
  for (Operation &op : block)
    if (readsAny(op, dependent))
      dependent.insert(op.result_begin(), op.result_end());
  return dependent;
}

namespace {
/// The gradients so far, each a sum over the uses that were met.
struct GradientSums {
  OpBuilder &builder;
  DenseMap<Value, Value> sums = DenseMap<Value, Value>();

  Value of(Value value) const { return sums.lookup(value); }
  void add(Value value, Value gradient) {
    Value &sum = sums[value];
    sum = sum ? Add::create(builder, gradient.getLoc(), sum, gradient).getResult() : gradient;
  }
};
} // namespace

static LogicalResult flowThrough(Operation &op, const DenseSet<Value> &dependent,
                                 GradientSums &sums) {
  Value gradient = sums.of(op.getResult(0));
  if (!gradient)
    return success();
  auto differentiable = dyn_cast<Differentiable>(op);
  if (!differentiable)
    return op.emitOpError() << "has no gradient";
  FailureOr<SmallVector<Value>> gradients = differentiable.buildGradients(sums.builder, gradient);
  if (failed(gradients))
    return failure();
  for (auto [operand, ofOperand] : llvm::zip_equal(op.getOperands(), *gradients))
    if (ofOperand && dependent.contains(operand))
      sums.add(operand, ofOperand);
  return success();
}

FailureOr<SmallVector<Value>> buildGradients(OpBuilder &builder, Value scalar,
                                             ArrayRef<Value> values) {
  Block &block = *builder.getBlock();
  DenseSet<Value> dependent = dependentOn(values, block);
  GradientSums sums{builder};
  auto type = cast<RankedTensorType>(scalar.getType());
  Value one = buildNumber(builder, scalar.getLoc(), 1, type.getElementType());
  if (dependent.contains(scalar))
    sums.add(scalar, reshapeTo(builder, one, type));
  SmallVector<Operation *> forward;
  for (Operation &op : block)
    if (op.getNumResults() == 1 && readsAny(op, dependent))
      forward.push_back(&op);
  for (Operation *op : llvm::reverse(forward))
    if (failed(flowThrough(*op, dependent, sums)))
      return failure();
  return llvm::map_to_vector(values, [&](Value value) { return sums.of(value); });
}

Value buildZeros(OpBuilder &builder, Location location, RankedTensorType type) {
  Value zero = buildNumber(builder, location, 0, type.getElementType());
  return Expand::create(builder, location, type, zero);
}

} // namespace cnnc::cnn
