// group_norm and instance_norm.
#include "dialects/cnn/ops/Normalization.h"

using namespace mlir;
using namespace cnnc::cnn;

static SmallVector<int64_t> spatialAxes(const Term &x) {
  return llvm::to_vector(
      llvm::seq<int64_t>(2, cast<RankedTensorType>(x.value.getType()).getRank()));
}

//===-- group_norm ----------------------------------------------------------===//

LogicalResult GroupNorm::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                          SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  if (failed(checkChannelParameters(loc, input, {op.getScale(), op.getBias()})))
    return failure();
  int64_t groups = op.getGroups(), channels = input.getDimSize(1);
  if (groups < 1 || channels % groups != 0)
    return emitOptionalError(loc, channels, " channels can not be divided into ", groups,
                             " groups");
  types.push_back(input);
  return success();
}

FailureOr<SmallVector<Parameter>>
GroupNorm::inferParameters(RankedTensorType input, DictionaryAttr,
                           function_ref<InFlightDiagnostic()> error) {
  return inferScaleAndBias(input, error);
}

/// The mean over space and a group of channels, for each channel: first over space, so that
/// what is rearranged are some numbers per image.
static Term meanOverGroup(const Term &x, int64_t groups) {
  OpBuilder &builder = x.builder;
  Type element = cast<RankedTensorType>(x.value.getType()).getElementType();
  SmallVector<int64_t> space = spatialAxes(x);
  Value mean = ReduceMean::create(builder, x.location, x.value, space, /*keepdims=*/true);
  auto perChannel = cast<RankedTensorType>(mean.getType());
  Size batch = sizesOf(perChannel)[0];
  auto number = [&](int64_t n) { return getAffineConstantExpr(n, builder.getContext()); };
  RankedTensorType grouped =
      tensorOf({batch, number(groups), number(perChannel.getDimSize(1) / groups)}, element);
  mean = reshapeTo(builder, mean, grouped);
  mean = ReduceMean::create(builder, x.location, mean, ArrayRef<int64_t>{2}, /*keepdims=*/true);
  mean = Expand::create(builder, x.location, grouped, mean);
  return {builder, x.location, reshapeTo(builder, mean, perChannel)};
}

Value GroupNorm::expand(OpBuilder &builder) {
  int64_t groups = getGroups();
  Term x{builder, getLoc(), getInput()}, mean = meanOverGroup(x, groups), deviation = x - mean;
  Moments moments{deviation, mean, meanOverGroup(deviation * deviation, groups)};
  Term y = deviation * moments.inverseDeviation(getEpsilon().convertToDouble());
  return scalePerChannel(y, getScale(), getBias()).value;
}

//===-- instance_norm -------------------------------------------------------===//

LogicalResult InstanceNorm::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                             SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  if (input.getRank() < 3)
    return emitOptionalError(loc,
                             "input must have batch, channels and at least one spatial dim, "
                             "but has ",
                             input.getRank(), " dims");
  types.push_back(input);
  return checkChannelParameters(loc, input, {op.getScale(), op.getBias()});
}

FailureOr<SmallVector<Parameter>>
InstanceNorm::inferParameters(RankedTensorType input, DictionaryAttr,
                              function_ref<InFlightDiagnostic()> error) {
  return inferScaleAndBias(input, error);
}

Value InstanceNorm::expand(OpBuilder &builder) {
  Term x{builder, getLoc(), getInput()};
  Term y{builder, getLoc(),
         Normalize::create(builder, getLoc(), getInput(), spatialAxes(x), getEpsilon())};
  return scalePerChannel(y, getScale(), getBias()).value;
}
