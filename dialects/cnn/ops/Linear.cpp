#include "dialects/cnn/ops/Gradients.h"
#include "dialects/cnn/ops/Window.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult Linear::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                       SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  auto weight = cast<RankedTensorType>(op.getWeight().getType());
  if (weight.getRank() != 2 || !weight.hasStaticShape())
    return emitOptionalError(loc, "weight must be a matrix of known size but is ",
                             toString(weight));
  if (input.getRank() < 1 || input.getShape().back() != weight.getDimSize(1))
    return emitOptionalError(loc, "weight has ", weight.getDimSize(1),
                             " input channels but input is ", toString(input));
  if (op.getBias() &&
      cast<RankedTensorType>(op.getBias().getType()).getDimSize(0) != weight.getDimSize(0))
    return emitOptionalError(loc, "bias has ",
                             cast<RankedTensorType>(op.getBias().getType()).getDimSize(0),
                             " elements but weight has ", weight.getDimSize(0), " output channels");
  SmallVector<Size> sizes = sizesOf(input);
  sizes.back() = sizesOf(weight)[0];
  types.push_back(tensorOf(sizes, input.getElementType()));
  return success();
}

/// weight [channels, last dim of the input] and, unless `bias: no`, bias [channels].
FailureOr<SmallVector<Parameter>>
Linear::inferParameters(RankedTensorType input, DictionaryAttr arguments,
                        function_ref<InFlightDiagnostic()> error) {
  int64_t channels = arguments.getAs<IntegerAttr>("channels").getInt();
  if (channels < 1)
    return error() << "channels must be at least 1 but is " << channels;
  if (input.getRank() < 1 || ShapedType::isDynamic(input.getShape().back()))
    return error() << "the last dim of the input must be known, but the input is "
                   << toString(input);
  int64_t fanIn = input.getShape().back();
  Parameter weight{"weight", {channels, fanIn}};
  weight.fanIn = fanIn;
  weight.fanOut = channels;
  return filterAndBias(weight, channels, arguments);
}

//===-- Gradients -----------------------------------------------------------===//

// With all dims but the last as one, y = x w^T + b: of x it is g w, of w g^T x, of b the sum of g.
Gradients Linear::buildGradients(OpBuilder &builder, Value gradient) {
  RankedTensorType input = getInput().getType();
  Size rows = getAffineConstantExpr(1, getContext());
  for (Size size : ArrayRef<Size>(sizesOf(input)).drop_back())
    rows = rows * size;
  auto asMatrix = [&](Value value) {
    return reshapeTo(builder, value,
                     tensorOf({rows, sizesOf(value).back()}, input.getElementType()));
  };
  Value g = asMatrix(gradient), x = asMatrix(getInput());
  Value ofInput = MatMul::create(builder, getLoc(), g, getWeight());
  Value ofWeight = MatMul::create(builder, getLoc(), transposeMatrices(builder, g), x);
  SmallVector<Value> gradients = {reshapeTo(builder, ofInput, input), ofWeight};
  if (getBias())
    gradients.push_back(ReduceSum::create(builder, getLoc(), g, ArrayRef<int64_t>{0}));
  return gradients;
}
