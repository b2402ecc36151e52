#include "dialects/cnn/ops/Reduction.h"
#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult cnnc::cnn::checkAxes(std::optional<Location> loc, ArrayRef<int64_t> axes,
                                   int64_t rank) {
  int64_t previous = -1;
  for (int64_t axis : axes) {
    if (axis <= previous || axis >= rank)
      return emitOptionalError(loc, "axes must be ascending and below ", rank, " but has ", axis,
                               " after ", previous);
    previous = axis;
  }
  return success();
}

template <typename Adaptor>
static LogicalResult inferReduction(std::optional<Location> loc, Adaptor op,
                                    SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  if (failed(checkAxes(loc, op.getAxes(), input.getRank())))
    return failure();
  SmallVector<bool> reduced(input.getRank(), false);
  for (int64_t axis : op.getAxes())
    reduced[axis] = true;
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

// Where sizes are symbolic: a sum of ones, made of elements of the input, since a kernel learns
// sizes from what it reads. max(step(x), 1) is 1 for any x.
Value cnnc::cnn::countElements(OpBuilder &builder, Location loc, Value input,
                               ArrayRef<int64_t> axes) {
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<Size> sizes = sizesOf(type);
  SmallVector<int64_t> starts(sizes.size(), 0), ends(sizes.size(), 1), steps(sizes.size(), 1);
  Size number = getAffineConstantExpr(1, builder.getContext());
  for (int64_t axis : axes) {
    number = number * sizes[axis];
    ends[axis] = std::numeric_limits<int64_t>::max();
  }
  if (std::optional<int64_t> n = known(number))
    return buildNumber(builder, loc, static_cast<double>(*n), type.getElementType());
  Term slice{builder, loc, Slice::create(builder, loc, input, starts, ends, steps)};
  Term ones = slice.apply<Step>().apply<Maximum>(slice.number(1));
  return ReduceSum::create(builder, loc, ones.value, axes, /*keepdims=*/true);
}

Gradients ReduceMean::buildGradients(OpBuilder &builder, Value gradient) {
  Term g{builder, getLoc(), keepDims(builder, *this, gradient)},
      number{builder, getLoc(), countElements(builder, getLoc(), getInput(), getAxes())};
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
