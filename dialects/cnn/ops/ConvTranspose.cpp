// conv_transpose, and how it becomes an ordinary convolution.
//
// Element u of a dim of the whole result, before pads are cut off, is the sum of filter[k] * x[i]
// with u = s i + k, s being the stride. Numbered as u = s q + phase and k = s j + phase that is
//
//     y[s q + phase] = sum over j of filter[s j + phase] * x[q - j]
//
// for each phase a convolution of x with every s-th element of the filter, reversed. All phases are
// computed by one convolution as channels of their own, and depth_to_space puts them in their
// places, less the pads. A filter whose size is no multiple of s is filled up with zeros, and one
// with dilations has them between its elements; phases of many channels get convolutions of their
// own, without the zeros at the end.
#include "dialects/cnn/ops/Gradients.h"
#include "dialects/cnn/ops/Window.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace {
/// One spatial dim. All in elements; the kernel with its dilations.
struct TransposedDim {
  int64_t kernel, stride, outputPadding, begin, end;

  /// Taps of a phase.
  int64_t taps() const { return (kernel + stride - 1) / stride; }
  /// What the whole result has beyond stride * size, before pads are cut off.
  int64_t excess() const { return kernel - stride + outputPadding; }

  // The padding of the convolution, and what is cut off its blocks: whole blocks at the ends are
  // not computed at all.
  int64_t padBegin() const { return taps() - 1 - std::min(begin / stride, taps() - 1); }
  int64_t padEnd() const {
    int64_t beyond = excess() - end + stride - 1;
    return beyond < 0 ? 0 : beyond / stride;
  }
  int64_t cropBegin() const { return begin - stride * (taps() - 1 - padBegin()); }
  int64_t cropEnd() const { return stride * padEnd() - excess() + end; }
};
} // namespace

template <typename Op> static SmallVector<TransposedDim> dimsOf(Op op, RankedTensorType filter) {
  SmallVector<TransposedDim> dims;
  for (size_t i = 0, spatial = filter.getRank() - 2; i < spatial; ++i) {
    TransposedDim dim{(filter.getDimSize(i + 2) - 1) * op.getDilations()[i] + 1, op.getStrides()[i],
                      op.getOutputPadding()[i], op.getPads()[i], op.getPads()[i + spatial]};
    if (op.getAutoPad() != "explicit") {
      // What is missing to stride * size elements is padding, too.
      dim.outputPadding += std::max<int64_t>(-dim.excess(), 0);
      int64_t less = dim.excess() / 2, more = dim.excess() - less;
      dim.begin = op.getAutoPad() == "same" ? less : more;
      dim.end = dim.excess() - dim.begin;
    }
    dims.push_back(dim);
  }
  return dims;
}

static LogicalResult checkChannels(std::optional<Location> loc, ConvTranspose::Adaptor op) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  auto filter = cast<RankedTensorType>(op.getFilter().getType());
  if (failed(checkFilter(loc, input, filter)))
    return failure();
  int64_t channels = input.getDimSize(1), groups = op.getGroups();
  if (filter.getDimSize(0) != channels)
    return emitOptionalError(loc, "filter has ", filter.getDimSize(0),
                             " input channels but input has ", channels);
  if (groups < 1 || channels % groups != 0)
    return emitOptionalError(loc, "groups is ", groups, " but must divide the ", channels,
                             " input channels");
  int64_t out = filter.getDimSize(1) * groups;
  if (op.getBias() && cast<RankedTensorType>(op.getBias().getType()).getDimSize(0) != out)
    return emitOptionalError(loc, "bias has ",
                             cast<RankedTensorType>(op.getBias().getType()).getDimSize(0),
                             " elements but there are ", out, " output channels");
  return success();
}

LogicalResult ConvTranspose::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                              Adaptor op, SmallVectorImpl<Type> &types) {
  if (failed(checkChannels(loc, op)))
    return failure();
  auto input = cast<RankedTensorType>(op.getInput().getType());
  auto filter = cast<RankedTensorType>(op.getFilter().getType());
  size_t spatial = input.getRank() - 2;
  if (failed(checkList(loc, "strides", op.getStrides(), spatial, 1)) ||
      failed(checkList(loc, "dilations", op.getDilations(), spatial, 1)) ||
      failed(checkList(loc, "pads", op.getPads(), 2 * spatial, 0)) ||
      failed(checkList(loc, "output_padding", op.getOutputPadding(), spatial, 0)))
    return failure();
  if (op.getAutoPad() != "explicit" && op.getAutoPad() != "same" && op.getAutoPad() != "same_lower")
    return emitOptionalError(loc, "auto_pad must be explicit, same or same_lower but is ",
                             op.getAutoPad());
  SmallVector<Size> sizes = sizesOf(input);
  sizes[1] = getAffineConstantExpr(filter.getDimSize(1) * op.getGroups(), context);
  for (auto [i, dim] : llvm::enumerate(dimsOf(op, filter))) {
    Size size = resized(sizes[i + 2], dim.stride, dim.excess() - dim.begin - dim.end);
    if (std::optional<int64_t> n = known(size); n && *n < 1)
      return emitOptionalError(loc, "pads of ", dim.begin + dim.end, " leave nothing of ",
                               *n + dim.begin + dim.end, " elements");
    sizes[i + 2] = size;
  }
  types.push_back(tensorOf(sizes, input.getElementType()));
  return success();
}

/// filter [input channels, channels / groups, kernel...] and, unless `bias: no`, bias [channels].
FailureOr<SmallVector<Parameter>>
ConvTranspose::inferParameters(RankedTensorType input, DictionaryAttr arguments,
                               function_ref<InFlightDiagnostic()> error) {
  FailureOr<CalledChannels> called = calledChannels(input, arguments, error);
  if (failed(called))
    return failure();
  ArrayRef<int64_t> kernel = arguments.getAs<DenseI64ArrayAttr>("kernel").asArrayRef();
  ArrayRef<int64_t> strides = arguments.getAs<DenseI64ArrayAttr>("stride").asArrayRef();
  Parameter filter{"filter", {called->inputs, called->channels / called->groups}};
  filter.fanIn = called->inputs / called->groups;
  filter.fanOut = called->channels / called->groups;
  for (auto [size, stride] : llvm::zip_equal(kernel, strides)) {
    filter.shape.push_back(size);
    filter.fanIn *= (size + stride - 1) / stride;
    filter.fanOut *= size;
  }
  return filterAndBias(filter, called->channels, arguments);
}

//===-- Expansion -----------------------------------------------------------===//

namespace {
/// Ops on the filter, which is a constant almost always: fold-constants computes them.
struct FilterBuilder {
  OpBuilder &builder;
  Location location;

  Value reshape(Value value, ArrayRef<int64_t> shape) {
    Type elementType = cast<RankedTensorType>(value.getType()).getElementType();
    return Reshape::create(builder, location, RankedTensorType::get(shape, elementType), value);
  }

  /// [a, size, b] with zeros at the end of the middle dim, or less of it, to have `wanted`.
  Value resizeMiddle(Value value, int64_t wanted) {
    int64_t size = cast<RankedTensorType>(value.getType()).getDimSize(1);
    constexpr int64_t all = std::numeric_limits<int64_t>::max();
    if (wanted == size)
      return value;
    if (wanted > size)
      return Pad::create(builder, location, value, ArrayRef<int64_t>{0, 0, 0, 0, wanted - size, 0},
                         "constant", llvm::APFloat(0.0));
    return Slice::create(builder, location, value, ArrayRef<int64_t>{0, 0, 0},
                         ArrayRef<int64_t>{all, wanted, all}, ArrayRef<int64_t>{1, 1, 1});
  }

  /// [a, size, b] with zeros between the elements of the middle dim.
  Value dilate(Value value, int64_t dilation) {
    ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
    int64_t a = shape[0], size = shape[1], b = shape[2];
    value = resizeMiddle(reshape(value, {a * size, 1, b}), dilation);
    return resizeMiddle(reshape(value, {a, size * dilation, b}), (size - 1) * dilation + 1);
  }

  /// [a, kernel, b] as [stride, a, taps, b]: the phases first, and the taps of each reversed.
  Value splitPhases(Value value, const TransposedDim &dim) {
    ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
    int64_t a = shape[0], b = shape[2];
    value = resizeMiddle(value, dim.taps() * dim.stride);
    value = reshape(value, {a, dim.taps(), dim.stride, b});
    value = Flip::create(builder, location, value, ArrayRef<int64_t>{1});
    return Transpose::create(builder, location, value, ArrayRef<int64_t>{2, 0, 1, 3});
  }
};
} // namespace

/// The filter of the convolution: [groups, phases, channels, input channels, taps...], the first
/// three as one dim, channels those of a group.
static Value phaseFilter(OpBuilder &builder, ConvTranspose op, ArrayRef<TransposedDim> dims) {
  FilterBuilder filter{builder, op.getLoc()};
  ArrayRef<int64_t> shape = op.getFilter().getType().getShape();
  int64_t groups = op.getGroups(), inputs = shape[0] / groups, channels = shape[1];
  Value value = op.getFilter();
  int64_t phases = 1, taps = 1;
  // From the last dim to the first, whose phases end up outermost.
  for (size_t i = dims.size(); i-- > 0;) {
    int64_t before = phases * shape[0] * channels;
    for (int64_t size : shape.slice(2, i))
      before *= size;
    value = filter.reshape(value, {before, shape[i + 2], taps});
    value = filter.splitPhases(filter.dilate(value, op.getDilations()[i]), dims[i]);
    phases *= dims[i].stride;
    taps *= dims[i].taps();
  }
  value = filter.reshape(value, {phases, groups, inputs, channels, taps});
  value = Transpose::create(builder, op.getLoc(), value, ArrayRef<int64_t>{1, 0, 3, 2, 4});
  SmallVector<int64_t> result = {groups * phases * channels, inputs};
  for (const TransposedDim &dim : dims)
    result.push_back(dim.taps());
  return filter.reshape(value, result);
}

/// The same with one phase and no dilations: input and output channels of each group swapped, and
/// the taps reversed, which as one dim reverses all of them.
static Value reversedFilter(OpBuilder &builder, ConvTranspose op) {
  FilterBuilder filter{builder, op.getLoc()};
  ArrayRef<int64_t> shape = op.getFilter().getType().getShape();
  if (op.getGroups() == 1) {
    SmallVector<int64_t> order = {1, 0}, longer;
    for (size_t dim = 2; dim < shape.size(); ++dim) {
      order.push_back(static_cast<int64_t>(dim));
      if (shape[dim] > 1)
        longer.push_back(static_cast<int64_t>(dim));
    }
    Value value = Transpose::create(builder, op.getLoc(), op.getFilter(), order);
    return longer.empty() ? value : Flip::create(builder, op.getLoc(), value, longer).getResult();
  }
  int64_t groups = op.getGroups(), inputs = shape[0] / groups, channels = shape[1], taps = 1;
  for (int64_t size : shape.drop_front(2))
    taps *= size;
  Value value = filter.reshape(op.getFilter(), {groups, inputs, channels, taps});
  value = Transpose::create(builder, op.getLoc(), value, ArrayRef<int64_t>{0, 2, 1, 3});
  value = Flip::create(builder, op.getLoc(), value, ArrayRef<int64_t>{3});
  SmallVector<int64_t> result = {groups * channels, inputs};
  llvm::append_range(result, shape.drop_front(2));
  return filter.reshape(value, result);
}

/// The bias of all phases: [groups, phases, channels].
static Value phaseBias(OpBuilder &builder, ConvTranspose op, int64_t phases) {
  if (!op.getBias())
    return {};
  FilterBuilder filter{builder, op.getLoc()};
  int64_t groups = op.getGroups(), channels = op.getType().getDimSize(1) / groups;
  SmallVector<Value> copies(phases, filter.reshape(op.getBias(), {groups, 1, channels}));
  Value all = Concat::create(builder, op.getLoc(), copies, /*axis=*/1);
  return filter.reshape(all, {groups * phases * channels});
}

/// For each dim what `of` says of it.
static SmallVector<int64_t> ofDims(ArrayRef<TransposedDim> dims,
                                   function_ref<int64_t(const TransposedDim &)> of) {
  return llvm::to_vector(llvm::map_range(dims, of));
}

/// True where some taps of the phases are zeros, so that convolutions of their own save products.
static bool computesPhasesApart(ConvTranspose op, ArrayRef<TransposedDim> dims) {
  int64_t phases = 1;
  bool hasZeros = false;
  for (const TransposedDim &dim : dims) {
    phases = std::min<int64_t>(phases, 17) * dim.stride; // No overflow beyond 16.
    hasZeros |= dim.kernel % dim.stride != 0;
  }
  // Each is a kernel, and fewer channels than a vector has lanes would leave these idle.
  return hasZeros && phases <= 16 && op.getGroups() == 1 && op.getType().getDimSize(1) >= 16;
}

/// The convolution of one phase: without the taps that are zeros, which come first.
static Value convOfPhase(OpBuilder &builder, ConvTranspose op, ArrayRef<TransposedDim> dims,
                         Value filter, int64_t phase, SmallVector<int64_t> pads) {
  constexpr int64_t all = std::numeric_limits<int64_t>::max();
  size_t spatial = dims.size();
  int64_t channels = op.getType().getDimSize(1);
  SmallVector<int64_t> ones(spatial, 1), steps(spatial + 2, 1), starts(spatial + 2, 0),
      ends(spatial + 2, all);
  starts[0] = phase * channels;
  ends[0] = (phase + 1) * channels;
  for (size_t i = spatial; i-- > 0; phase /= dims[i].stride) {
    int64_t place = phase % dims[i].stride;
    int64_t own = (dims[i].kernel - place + dims[i].stride - 1) / dims[i].stride;
    int64_t zeros = std::min(dims[i].taps() - std::max<int64_t>(own, 1), pads[i]);
    starts[i + 2] = zeros;
    pads[i] -= zeros;
  }
  Value own = Slice::create(builder, op.getLoc(), filter, starts, ends, steps);
  return Conv::create(builder, op.getLoc(), op.getInput(), own, op.getBias(), ones, ones, pads);
}

Value ConvTranspose::expand(OpBuilder &builder) {
  SmallVector<TransposedDim> dims = dimsOf(*this, getFilter().getType());
  SmallVector<int64_t> ones(dims.size(), 1), blocks, pads, crops;
  blocks = ofDims(dims, [](const TransposedDim &dim) { return dim.stride; });
  pads = ofDims(dims, [](const TransposedDim &dim) { return dim.padBegin(); });
  pads.append(ofDims(dims, [](const TransposedDim &dim) { return dim.padEnd(); }));
  crops = ofDims(dims, [](const TransposedDim &dim) { return dim.cropBegin(); });
  crops.append(ofDims(dims, [](const TransposedDim &dim) { return dim.cropEnd(); }));
  int64_t phases = 1;
  for (int64_t block : blocks)
    phases *= block;

  bool reverses = phases == 1 && allEqual(getDilations(), 1);
  Value filter = reverses ? reversedFilter(builder, *this) : phaseFilter(builder, *this, dims), sum;
  if (computesPhasesApart(*this, dims)) {
    SmallVector<Value> sums;
    for (int64_t phase = 0; phase < phases; ++phase)
      sums.push_back(convOfPhase(builder, *this, dims, filter, phase, pads));
    sum = Concat::create(builder, getLoc(), sums, /*axis=*/1);
  } else {
    sum = Conv::create(builder, getLoc(), getInput(), filter, phaseBias(builder, *this, phases),
                       ones, ones, pads, "explicit", getGroups());
  }
  return DepthToSpace::create(builder, getLoc(), sum, blocks, crops, getGroups());
}

//===-- Gradients -----------------------------------------------------------===//

// y = conv_transpose(x, w) is the gradient of x = conv(y, w) with respect to y, so that with
// respect to x is conv again, and the filter's that of conv with input and gradient swapped.
Gradients ConvTranspose::buildGradients(OpBuilder &builder, Value gradient) {
  SmallVector<TransposedDim> dims = dimsOf(*this, getFilter().getType());
  SmallVector<int64_t> pads = ofDims(dims, [](const TransposedDim &dim) { return dim.begin; });
  pads.append(ofDims(dims, [](const TransposedDim &dim) { return dim.end; }));
  for (const TransposedDim &dim : dims)
    if (dim.outputPadding >= dim.stride)
      return emitOpError() << "has no gradient with an output_padding of " << dim.outputPadding
                           << ", which must be less than the stride of " << dim.stride;
  Value ofInput = Conv::create(builder, getLoc(), gradient, getFilter(), Value(), getStrides(),
                               getDilations(), pads, "explicit", getGroups());
  ArrayRef<int64_t> kernel = getFilter().getType().getShape().drop_front(2);
  Value ofFilter = ConvFilterGrad::create(builder, getLoc(), gradient, getInput(), kernel,
                                          getStrides(), getDilations(), pads, getGroups());
  SmallVector<Value> gradients = {ofInput, ofFilter};
  if (getBias())
    gradients.push_back(sumPerChannel(builder, gradient));
  return gradients;
}
