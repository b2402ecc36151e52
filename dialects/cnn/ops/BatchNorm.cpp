#include "dialects/cnn/ops/Normalization.h"
#include "dialects/cnn/ops/Reduction.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult BatchNorm::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                          SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  double momentum = op.getMomentum().convertToDouble();
  if (!(momentum >= 0 && momentum <= 1)) {
    SmallString<16> text;
    op.getMomentum().toString(text);
    return emitOptionalError(loc, "momentum must be from 0 to 1 but is ", text);
  }
  types.push_back(input);
  return checkChannelParameters(loc, input,
                                {op.getScale(), op.getBias(), op.getMean(), op.getVariance()});
}

FailureOr<SmallVector<Parameter>>
BatchNorm::inferParameters(RankedTensorType input, DictionaryAttr,
                           function_ref<InFlightDiagnostic()> error) {
  FailureOr<SmallVector<Parameter>> parameters = inferScaleAndBias(input, error);
  if (succeeded(parameters)) {
    int64_t channels = input.getDimSize(1);
    parameters->push_back({"mean", {channels}, Initializer::Zeros, 1});
    parameters->push_back({"variance", {channels}, Initializer::Ones, 1});
  }
  return parameters;
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
  return scalePerChannel({b, loc, getInput()}, factor, shift).value;
}

/// What makes the mean of squares over n elements an unbiased variance: n / (n - 1). Of a single
/// element, whose variance is 0, it is 1.
static Term unbiasedFactor(const Term &x, ArrayRef<int64_t> axes) {
  Term n{x.builder, x.location, countElements(x.builder, x.location, x.value, axes)};
  return n / (n - 1).apply<Maximum>(n.number(1));
}

Value BatchNorm::buildTrainingForm(OpBuilder &builder, TrainingContext &context) {
  SmallVector<int64_t> axes = {0};
  llvm::append_range(axes, llvm::seq<int64_t>(2, getInput().getType().getRank()));
  Term x{builder, getLoc(), getInput()};
  // normalize expands to the same moments, which then are computed once.
  Moments moments = buildMoments(x, axes);
  auto addStatistic = [&](Value running, const Term &batch) {
    Value vector = reshapeTo(builder, batch.value, cast<RankedTensorType>(running.getType()));
    context.statistics.push_back({running, vector, getMomentum().convertToDouble()});
  };
  addStatistic(getMean(), moments.mean);
  addStatistic(getVariance(), moments.variance * unbiasedFactor(x, axes));
  Term y{builder, getLoc(), Normalize::create(builder, getLoc(), getInput(), axes, getEpsilon())};
  return scalePerChannel(y, getScale(), getBias()).value;
}
