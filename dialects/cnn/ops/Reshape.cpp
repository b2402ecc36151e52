// reshape and flatten.
#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

static Size numElements(ArrayRef<Size> sizes, MLIRContext *context) {
  Size n = getAffineConstantExpr(1, context);
  for (Size size : sizes)
    n = n * size;
  return n;
}

LogicalResult Reshape::verify() {
  std::optional<int64_t> in = known(numElements(sizesOf(getInput()), getContext()));
  std::optional<int64_t> out = known(numElements(sizesOf(getResult()), getContext()));
  if (in && out && *in != *out)
    return emitOpError() << "result has " << *out << " elements but input has " << *in;
  if (getInput().getType().getElementType() != getType().getElementType())
    return emitOpError() << "result has element type " << getType().getElementType()
                         << " but input has " << getInput().getType().getElementType();
  return success();
}

// reshape to its own shape = x; reshape(reshape(x)) = reshape(x)
OpFoldResult Reshape::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  if (auto first = getInput().getDefiningOp<Reshape>()) {
    getInputMutable().assign(first.getInput());
    return getResult();
  }
  return {};
}

LogicalResult Flatten::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                        Adaptor op, SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  int64_t axis = op.getAxis();
  if (axis < 0 || axis > input.getRank())
    return emitOptionalError(loc, "axis is ", axis, " but input has ", input.getRank(), " dims");
  SmallVector<Size> sizes = sizesOf(input);
  ArrayRef<Size> all = sizes;
  types.push_back(tensorOf(
      {numElements(all.take_front(axis), context), numElements(all.drop_front(axis), context)},
      input.getElementType()));
  return success();
}

Value Flatten::expand(OpBuilder &builder) {
  return Reshape::create(builder, getLoc(), getType(), getInput());
}

Gradients Reshape::buildGradients(OpBuilder &builder, Value gradient) {
  return SmallVector<Value>{reshapeTo(builder, gradient, getInput().getType())};
}
