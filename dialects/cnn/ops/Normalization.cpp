// normalize, and what the layers that are made of it share.
#include "dialects/cnn/ops/Normalization.h"
#include "dialects/cnn/ops/Reduction.h"

using namespace mlir;

namespace cnnc::cnn {

static Term meanOver(ArrayRef<int64_t> axes, const Term &x) {
  return {x.builder, x.location,
          ReduceMean::create(x.builder, x.location, x.value, axes, /*keepdims=*/true)};
}

Term Moments::inverseDeviation(double epsilon) const {
  Term deviation = (variance + epsilon).apply<Sqrt>();
  return deviation.number(1) / deviation;
}

Moments buildMoments(const Term &x, ArrayRef<int64_t> axes) {
  Term mean = meanOver(axes, x), deviation = x - mean;
  return {deviation, mean, meanOver(axes, deviation * deviation)};
}

/// [C] as [C, 1, ...], which broadcasts over space.
static Term perChannel(const Term &x, Value vector) {
  auto type = cast<RankedTensorType>(vector.getType());
  SmallVector<int64_t> shape(cast<RankedTensorType>(x.value.getType()).getRank() - 1, 1);
  shape[0] = type.getDimSize(0);
  return {x.builder, x.location,
          reshapeTo(x.builder, vector, RankedTensorType::get(shape, type.getElementType()))};
}

Term scalePerChannel(const Term &x, Value scale, Value bias) {
  return x * perChannel(x, scale) + perChannel(x, bias);
}

LogicalResult checkChannelParameters(std::optional<Location> loc, RankedTensorType input,
                                     ValueRange parameters) {
  if (input.getRank() < 2)
    return emitOptionalError(loc, "input must have batch and channels but has ", input.getRank(),
                             " dims");
  for (Value parameter : parameters) {
    int64_t channels = cast<RankedTensorType>(parameter.getType()).getDimSize(0);
    if (channels != input.getDimSize(1))
      return emitOptionalError(loc, "a parameter has ", channels, " channels but input has ",
                               input.getDimSize(1));
  }
  return success();
}

FailureOr<SmallVector<Parameter>> inferScaleAndBias(RankedTensorType input,
                                                    function_ref<InFlightDiagnostic()> error) {
  if (input.getRank() < 2 || input.isDynamicDim(1))
    return error() << "the number of channels must be known, but the input is " << toString(input);
  int64_t channels = input.getDimSize(1);
  return SmallVector<Parameter>{{"scale", {channels}, Initializer::Ones, 1},
                                {"bias", {channels}, Initializer::Zeros, 1}};
}

//===-- normalize -----------------------------------------------------------===//

LogicalResult Normalize::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                          SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  if (op.getAxes().empty())
    return emitOptionalError(loc, "axes must name at least 1 dim but name 0");
  types.push_back(input);
  return checkAxes(loc, op.getAxes(), input.getRank());
}

Value Normalize::expand(OpBuilder &builder) {
  Moments moments = buildMoments({builder, getLoc(), getInput()}, getAxes());
  return (moments.deviation * moments.inverseDeviation(getEpsilon().convertToDouble())).value;
}

// With h = 1 / sqrt(variance + epsilon) and all means over the axes:
//   dx = h * (g - mean(g) - y * mean(g * y))
// h is built as the expansion builds it, so that it is computed once.
Gradients Normalize::buildGradients(OpBuilder &builder, Value gradient) {
  Term x{builder, getLoc(), getInput()}, y{builder, getLoc(), getResult()},
      g{builder, getLoc(), gradient};
  Term h = buildMoments(x, getAxes()).inverseDeviation(getEpsilon().convertToDouble());
  Term along = meanOver(getAxes(), g * y);
  return SmallVector<Value>{(h * (g - meanOver(getAxes(), g) - y * along)).value};
}

} // namespace cnnc::cnn
