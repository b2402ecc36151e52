#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

template <typename Adaptor>
static LogicalResult inferReduction(std::optional<Location> loc, Adaptor op,
                                    SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  SmallVector<bool> reduced(input.getRank(), false);
  int64_t previous = -1;
  for (int64_t axis : op.getAxes()) {
    if (axis <= previous || axis >= input.getRank())
      return emitOptionalError(loc, "axes must be ascending and below ", input.getRank(),
                               " but has ", axis, " after ", previous);
    reduced[axis] = true;
    previous = axis;
  }
  SmallVector<Size> sizes;
  for (auto [i, size] : llvm::enumerate(sizesOf(input))) {
    if (!reduced[i])
      sizes.push_back(size);
    else if (op.getKeepdims())
      sizes.push_back(getAffineConstantExpr(1, input.getContext()));
  }
  types.push_back(tensorOf(sizes, input.getElementType()));
  return success();
}

LogicalResult ReduceMean::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                           SmallVectorImpl<Type> &types) {
  return inferReduction(loc, op, types);
}

LogicalResult ReduceMax::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                          SmallVectorImpl<Type> &types) {
  return inferReduction(loc, op, types);
}

LogicalResult ReduceSum::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                          SmallVectorImpl<Type> &types) {
  return inferReduction(loc, op, types);
}

//===-- Gradients -----------------------------------------------------------===//

/// The result, or what is of its shape, with the reduced dims as dims of size 1.
template <typename Op> static Value keepDims(OpBuilder &builder, Op op, Value value) {
  SmallVector<Size> sizes = sizesOf(op.getInput());
  for (int64_t axis : op.getAxes())
    sizes[axis] = getAffineConstantExpr(1, op.getContext());
  return reshapeTo(builder, value, tensorOf(sizes, op.getType().getElementType()));
}

Gradients ReduceSum::buildGradients(OpBuilder &builder, Value gradient) {
  Value kept = keepDims(builder, *this, gradient);
  return SmallVector<Value>{Expand::create(builder, getLoc(), getInput().getType(), kept)};
}

/// How many elements are reduced to one: a number, or a sum of ones where sizes are symbolic.
static Value countReduced(OpBuilder &builder, ReduceMean op) {
  Type elementType = op.getType().getElementType();
  SmallVector<Size> sizes = sizesOf(op.getInput()),
                    reduced(sizes.size(), getAffineConstantExpr(1, op.getContext()));
  Size number = reduced.front();
  for (int64_t axis : op.getAxes()) {
    reduced[axis] = sizes[axis];
    number = number * sizes[axis];
  }
  if (std::optional<int64_t> n = known(number))
    return buildNumber(builder, op.getLoc(), static_cast<double>(*n), elementType);
  Value one = buildNumber(builder, op.getLoc(), 1, elementType);
  Value ones = Expand::create(builder, op.getLoc(), tensorOf(reduced, elementType), one);
  return ReduceSum::create(builder, op.getLoc(), ones, op.getAxes(), /*keepdims=*/true);
}

Gradients ReduceMean::buildGradients(OpBuilder &builder, Value gradient) {
  Term g{builder, getLoc(), keepDims(builder, *this, gradient)},
      number{builder, getLoc(), countReduced(builder, *this)};
  Value share = (g / number).value;
  return SmallVector<Value>{Expand::create(builder, getLoc(), getInput().getType(), share)};
}

// Shared out evenly over the elements that are the largest.
Gradients ReduceMax::buildGradients(OpBuilder &builder, Value gradient) {
  Term x{builder, getLoc(), getInput()}, g{builder, getLoc(), keepDims(builder, *this, gradient)},
      y{builder, getLoc(), keepDims(builder, *this, getResult())};
  Term isLargest = 1 - (y - x).apply<Step>();
  Term number{builder, getLoc(),
              ReduceSum::create(builder, getLoc(), isLargest.value, getAxes(), /*keepdims=*/true)};
  return SmallVector<Value>{(isLargest * (g / number)).value};
}
