#include "dialects/cnn/CNNDialect.h"

using namespace mlir;
using namespace cnnc::cnn;

static LogicalResult inferGlobalPool(std::optional<Location> loc, RankedTensorType input,
                                     SmallVectorImpl<Type> &types) {
  if (input.getRank() < 3)
    return emitOptionalError(loc,
                             "input must have batch, channels and at least one spatial dim, "
                             "but has ",
                             input.getRank(), " dims");
  types.push_back(tensorOf(ArrayRef<Size>(sizesOf(input)).take_front(2), input.getElementType()));
  return success();
}

static SmallVector<int64_t> spatialAxes(Value input) {
  SmallVector<int64_t> axes;
  for (int64_t i = 2; i < cast<RankedTensorType>(input.getType()).getRank(); ++i)
    axes.push_back(i);
  return axes;
}

LogicalResult GlobalAvgPool::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                              Adaptor op, SmallVectorImpl<Type> &types) {
  return inferGlobalPool(loc, cast<RankedTensorType>(op.getInput().getType()), types);
}

Value GlobalAvgPool::expand(OpBuilder &builder) {
  return ReduceMean::create(builder, getLoc(), getInput(), spatialAxes(getInput()));
}

LogicalResult GlobalMaxPool::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                              Adaptor op, SmallVectorImpl<Type> &types) {
  return inferGlobalPool(loc, cast<RankedTensorType>(op.getInput().getType()), types);
}

Value GlobalMaxPool::expand(OpBuilder &builder) {
  return ReduceMax::create(builder, getLoc(), getInput(), spatialAxes(getInput()));
}
