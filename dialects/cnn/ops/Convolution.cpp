// conv and true_conv: the same operands and shapes; they differ in the filter's direction only.
#include "dialects/cnn/Initializers.h"
#include "dialects/cnn/ops/Gradients.h"
#include "dialects/cnn/ops/Window.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult cnnc::cnn::checkFilter(std::optional<Location> loc, RankedTensorType input,
                                     RankedTensorType filter) {
  if (filter.getRank() != input.getRank())
    return emitOptionalError(loc, "filter has ", filter.getRank(), " dims but input has ",
                             input.getRank());
  if (input.getRank() < 3)
    return emitOptionalError(loc, "input must have batch, channels and at least one spatial dim");
  if (!filter.hasStaticShape() || input.isDynamicDim(1))
    return emitOptionalError(loc, "the numbers of channels and the filter's size must be known");
  return success();
}

template <typename Adaptor>
static LogicalResult inferConvolution(std::optional<Location> loc, Adaptor op,
                                      SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  auto filter = cast<RankedTensorType>(op.getFilter().getType());
  if (failed(checkFilter(loc, input, filter)))
    return failure();
  int64_t groups = op.getGroups(), channels = input.getDimSize(1), out = filter.getDimSize(0);
  if (groups < 1 || channels % groups != 0 || out % groups != 0)
    return emitOptionalError(loc, "groups is ", groups, " but must divide both the ", channels,
                             " input and the ", out, " output channels");
  if (filter.getDimSize(1) * groups != channels)
    return emitOptionalError(loc, "filter has ", filter.getDimSize(1) * groups,
                             " input channels but input has ", channels);
  if (op.getBias() && cast<RankedTensorType>(op.getBias().getType()).getDimSize(0) != out)
    return emitOptionalError(loc, "bias has ",
                             cast<RankedTensorType>(op.getBias().getType()).getDimSize(0),
                             " elements but filter has ", out, " output channels");
  Window window{filter.getShape().drop_front(2), op.getStrides(), op.getDilations(), op.getPads(),
                op.getAutoPad()};
  FailureOr<SmallVector<Size>> spatial = inferWindow(loc, input, window);
  if (failed(spatial))
    return failure();
  SmallVector<Size> sizes = {sizesOf(input)[0], getAffineConstantExpr(out, input.getContext())};
  sizes.append(*spatial);
  types.push_back(tensorOf(sizes, input.getElementType()));
  return success();
}

FailureOr<CalledChannels> cnnc::cnn::calledChannels(RankedTensorType input,
                                                    DictionaryAttr arguments,
                                                    function_ref<InFlightDiagnostic()> error) {
  int64_t channels = arguments.getAs<IntegerAttr>("channels").getInt();
  int64_t groups = arguments.getAs<IntegerAttr>("groups").getInt();
  if (channels < 1)
    return error() << "channels must be at least 1 but is " << channels;
  if (input.isDynamicDim(1))
    return error() << "the number of input channels must be known, but the input is "
                   << toString(input);
  if (groups < 1 || input.getDimSize(1) % groups != 0 || channels % groups != 0)
    return error() << "groups is " << groups << " but must divide both the " << input.getDimSize(1)
                   << " input and the " << channels << " output channels";
  return CalledChannels{input.getDimSize(1), channels, groups};
}

SmallVector<Parameter> cnnc::cnn::filterAndBias(Parameter filter, int64_t channels,
                                                DictionaryAttr arguments) {
  setInitializer(filter, arguments.get("init"));
  SmallVector<Parameter> parameters = {filter};
  if (arguments.getAs<BoolAttr>("bias").getValue())
    parameters.push_back({"bias", {channels}});
  return parameters;
}

/// filter [channels, input channels / groups, kernel...] and, unless `bias: no`, bias [channels].
static FailureOr<SmallVector<Parameter>>
inferConvolutionParameters(RankedTensorType input, DictionaryAttr arguments,
                           function_ref<InFlightDiagnostic()> error) {
  FailureOr<CalledChannels> called = calledChannels(input, arguments, error);
  if (failed(called))
    return failure();
  Parameter filter{"filter", {called->channels, called->inputs / called->groups}};
  filter.fanIn = called->inputs / called->groups;
  filter.fanOut = called->channels / called->groups;
  for (int64_t size : arguments.getAs<DenseI64ArrayAttr>("kernel").asArrayRef()) {
    filter.shape.push_back(size);
    filter.fanIn *= size;
    filter.fanOut *= size;
  }
  return filterAndBias(filter, called->channels, arguments);
}

LogicalResult Conv::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                     SmallVectorImpl<Type> &types) {
  return inferConvolution(loc, op, types);
}

FailureOr<SmallVector<Parameter>> Conv::inferParameters(RankedTensorType input, DictionaryAttr args,
                                                        function_ref<InFlightDiagnostic()> error) {
  return inferConvolutionParameters(input, args, error);
}

LogicalResult TrueConv::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                         SmallVectorImpl<Type> &types) {
  return inferConvolution(loc, op, types);
}

FailureOr<SmallVector<Parameter>>
TrueConv::inferParameters(RankedTensorType input, DictionaryAttr args,
                          function_ref<InFlightDiagnostic()> error) {
  return inferConvolutionParameters(input, args, error);
}

// true_conv(x, w) = conv(x, flip(w))
Value TrueConv::expand(OpBuilder &builder) {
  SmallVector<int64_t> axes;
  for (int64_t i = 2; i < getInput().getType().getRank(); ++i)
    axes.push_back(i);
  Value flipped = Flip::create(builder, getLoc(), getFilter(), axes);
  return Conv::create(builder, getLoc(), getInput(), flipped, getBias(), getStrides(),
                      getDilations(), getPads(), getAutoPad(), getGroups());
}

//===-- Gradients -----------------------------------------------------------===//

/// What a transposed convolution of a result with `stride` must add at its end to have the `size`
/// that the convolution's input has: elements that its last window did not reach. None where that
/// depends on a symbolic size.
static std::optional<int64_t> uncovered(Size size, Size result, int64_t stride, int64_t reach) {
  for (int64_t more = 0; more < stride; ++more)
    if (equalIfDivisible(size, resized(result, stride, reach - stride + more)))
      return more;
  return std::nullopt;
}

// Of the input: the transposed convolution with the same filter, which is by definition what takes
// each product back to where it came from.
Gradients Conv::buildGradients(OpBuilder &builder, Value gradient) {
  ArrayRef<int64_t> kernel = getFilter().getType().getShape().drop_front(2);
  FailureOr<SmallVector<int64_t>> pads = explicitPads(
      *this, getInput().getType(), kernel, getStrides(), getDilations(), getPads(), getAutoPad());
  if (failed(pads))
    return failure();
  SmallVector<Size> sizes = sizesOf(getInput()), results = sizesOf(getResult());
  SmallVector<int64_t> outputPadding;
  for (size_t i = 0, spatial = kernel.size(); i < spatial; ++i) {
    int64_t reach = (kernel[i] - 1) * getDilations()[i] + 1 - (*pads)[i] - (*pads)[i + spatial];
    std::optional<int64_t> more = uncovered(sizes[i + 2], results[i + 2], getStrides()[i], reach);
    if (!more)
      return emitOpError() << "under a stride of " << getStrides()[i]
                           << " has a gradient only where the size of the input, "
                           << toString(getInput().getType()) << ", is known";
    outputPadding.push_back(*more);
  }
  Value ofInput =
      ConvTranspose::create(builder, getLoc(), gradient, getFilter(), Value(), getStrides(),
                            getDilations(), *pads, outputPadding, "explicit", getGroups());
  Value ofFilter = ConvFilterGrad::create(builder, getLoc(), getInput(), gradient, kernel,
                                          getStrides(), getDilations(), *pads, getGroups());
  SmallVector<Value> gradients = {ofInput, ofFilter};
  if (getBias())
    gradients.push_back(sumPerChannel(builder, gradient));
  return gradients;
}
