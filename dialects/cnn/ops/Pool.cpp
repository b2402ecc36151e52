#include "dialects/cnn/ops/Gradients.h"
#include "dialects/cnn/ops/Window.h"

using namespace mlir;
using namespace cnnc::cnn;

/// The result of a pool over `input` with the attributes of `op`.
template <typename Adaptor>
static LogicalResult inferPool(std::optional<Location> loc, Value pooled, Adaptor op,
                               SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(pooled.getType());
  Window window{op.getKernelShape(), op.getStrides(), op.getDilations(),
                op.getPads(),        op.getAutoPad(), op.getCeilMode()};
  FailureOr<SmallVector<Size>> spatial = inferWindow(loc, input, window);
  if (failed(spatial))
    return failure();
  // A window in nothing but padding has no largest element and no mean.
  for (auto [i, pad] : llvm::enumerate(window.pads)) {
    size_t dim = i % spatial->size();
    int64_t extent = (window.kernel[dim] - 1) * window.dilations[dim] + 1;
    if (pad >= extent)
      return emitOptionalError(loc, "padding of ", pad, " must be less than the window of ",
                               extent);
  }
  SmallVector<Size> sizes(ArrayRef<Size>(sizesOf(input)).take_front(2));
  sizes.append(*spatial);
  types.push_back(tensorOf(sizes, input.getElementType()));
  return success();
}

LogicalResult MaxPool::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                        SmallVectorImpl<Type> &types) {
  return inferPool(loc, op.getInput(), op, types);
}

LogicalResult AvgPool::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                        SmallVectorImpl<Type> &types) {
  return inferPool(loc, op.getInput(), op, types);
}

//===-- Gradients -----------------------------------------------------------===//

/// Fails where `gradient` has not the shape of the pool's result.
static LogicalResult checkGradient(std::optional<Location> loc, RankedTensorType result,
                                   Value gradient) {
  auto type = cast<RankedTensorType>(gradient.getType());
  auto equal = [](auto pair) { return equalIfDivisible(std::get<0>(pair), std::get<1>(pair)); };
  if (type.getRank() == result.getRank() &&
      llvm::all_of(llvm::zip_equal(sizesOf(type), sizesOf(result)), equal))
    return success();
  return emitOptionalError(loc, "gradient is ", toString(type), " but the pool makes ",
                           toString(result));
}

LogicalResult MaxPoolGrad::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                            SmallVectorImpl<Type> &types) {
  if (failed(inferPool(loc, op.getInput(), op, types)) ||
      failed(checkGradient(loc, cast<RankedTensorType>(types.pop_back_val()), op.getGradient())))
    return failure();
  types.push_back(op.getInput().getType());
  return success();
}

LogicalResult AvgPoolGrad::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                            SmallVectorImpl<Type> &types) {
  if (failed(inferPool(loc, op.getLike(), op, types)) ||
      failed(checkGradient(loc, cast<RankedTensorType>(types.pop_back_val()), op.getGradient())))
    return failure();
  auto like = cast<RankedTensorType>(op.getLike().getType());
  types.push_back(
      tensorOf(sizesOf(like), cast<ShapedType>(op.getGradient().getType()).getElementType()));
  return success();
}

Gradients MaxPool::buildGradients(OpBuilder &builder, Value gradient) {
  return SmallVector<Value>{MaxPoolGrad::create(builder, getLoc(), getInput(), gradient,
                                                getKernelShape(), getStrides(), getDilations(),
                                                getPads(), getAutoPad(), getCeilMode())};
}

Gradients AvgPool::buildGradients(OpBuilder &builder, Value gradient) {
  return SmallVector<Value>{AvgPoolGrad::create(
      builder, getLoc(), gradient, getInput(), getKernelShape(), getStrides(), getDilations(),
      getPads(), getAutoPad(), getCeilMode(), getCountIncludePad())};
}
