#include "dialects/cnn/CNNDialect.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult BatchNorm::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                          SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  if (input.getRank() < 2)
    return emitOptionalError(loc, "input must have batch and channels but has ", input.getRank(),
                             " dims");
  for (Value parameter : {op.getScale(), op.getBias(), op.getMean(), op.getVariance()}) {
    int64_t channels = cast<RankedTensorType>(parameter.getType()).getDimSize(0);
    if (channels != input.getDimSize(1))
      return emitOptionalError(loc, "a parameter has ", channels, " channels but input has ",
                               input.getDimSize(1));
  }
  types.push_back(input);
  return success();
}

FailureOr<SmallVector<Parameter>>
BatchNorm::inferParameters(RankedTensorType input, DictionaryAttr,
                           function_ref<InFlightDiagnostic()> error) {
  if (input.getRank() < 2 || input.isDynamicDim(1))
    return error() << "the number of channels must be known, but the input is " << toString(input);
  int64_t channels = input.getDimSize(1);
  return SmallVector<Parameter>{{"scale", {channels}, Initializer::Ones, 1},
                                {"bias", {channels}, Initializer::Zeros, 1},
                                {"mean", {channels}, Initializer::Zeros, 1},
                                {"variance", {channels}, Initializer::Ones, 1}};
}

// y = x * factor + (bias - mean * factor), factor = scale / sqrt(variance + epsilon). The factors
// are made of constants, so that fold-constants leaves a multiplication and an addition.
Value BatchNorm::expand(OpBuilder &b) {
  Location loc = getLoc();
  auto vector = cast<RankedTensorType>(getScale().getType());
  auto epsilon = DenseElementsAttr::get(
      vector, b.getFloatAttr(vector.getElementType(), getEpsilon().convertToDouble()));
  Value variance =
      Add::create(b, loc, getVariance(), Constant::create(b, loc, epsilon, StringAttr()));
  Value factor = Div::create(b, loc, getScale(), Sqrt::create(b, loc, variance));
  Value shift = Sub::create(b, loc, getBias(), Mul::create(b, loc, getMean(), factor));
  // Per channel: [C] becomes [C, 1, ...], which broadcasts over space.
  SmallVector<int64_t> shape(getInput().getType().getRank() - 1, 1);
  shape[0] = vector.getDimSize(0);
  auto perChannel = RankedTensorType::get(shape, vector.getElementType());
  if (perChannel != vector) {
    factor = Reshape::create(b, loc, perChannel, factor);
    shift = Reshape::create(b, loc, perChannel, shift);
  }
  return Add::create(b, loc, Mul::create(b, loc, getInput(), factor), shift);
}
