// conv_filter_grad: what is known of a convolution's filter when only its input and the gradient of
// its result are there. The kernel's shape can not be told from these, so the op states it.
#include "dialects/cnn/ops/Window.h"

using namespace mlir;
using namespace cnnc::cnn;

static LogicalResult checkOperands(std::optional<Location> loc, RankedTensorType input,
                                   RankedTensorType gradient, int64_t groups) {
  if (gradient.getRank() != input.getRank())
    return emitOptionalError(loc, "gradient has ", gradient.getRank(), " dims but input has ",
                             input.getRank());
  if (input.getRank() < 3)
    return emitOptionalError(loc,
                             "input must have batch, channels and at least one spatial dim, "
                             "but has ",
                             input.getRank(), " dims");
  if (input.isDynamicDim(1) || gradient.isDynamicDim(1))
    return emitOptionalError(loc, "the numbers of channels must be known, but input is ",
                             toString(input), " and gradient is ", toString(gradient));
  if (!equalIfDivisible(sizesOf(input)[0], sizesOf(gradient)[0]))
    return emitOptionalError(loc, "gradient is a batch of ", toString({sizesOf(gradient)[0]}),
                             " but input is one of ", toString({sizesOf(input)[0]}));
  int64_t channels = input.getDimSize(1), out = gradient.getDimSize(1);
  if (groups < 1 || channels % groups != 0 || out % groups != 0)
    return emitOptionalError(loc, "groups is ", groups, " but must divide both the ", channels,
                             " input and the ", out, " output channels");
  return success();
}

/// Each element of the gradient belongs to a window, which must begin inside of the padded input. A
/// window may reach beyond its end: that of a transposed convolution does.
static LogicalResult checkWindows(std::optional<Location> loc, ConvFilterGrad::Adaptor op) {
  SmallVector<Size> input = sizesOf(op.getInput()), gradient = sizesOf(op.getGradient());
  for (size_t i = 0, spatial = input.size() - 2; i < spatial; ++i) {
    std::optional<int64_t> size = known(input[i + 2]), windows = known(gradient[i + 2]);
    int64_t pads = op.getPads()[i] + op.getPads()[i + spatial];
    if (size && windows && (*windows - 1) * op.getStrides()[i] >= *size + pads)
      return emitOptionalError(loc, "gradient has ", *windows, " elements for windows ",
                               op.getStrides()[i], " apart but input has ", *size, " with ", pads,
                               " of padding");
  }
  return success();
}

LogicalResult ConvFilterGrad::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                               Adaptor op, SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  auto gradient = cast<RankedTensorType>(op.getGradient().getType());
  int64_t groups = op.getGroups();
  if (failed(checkOperands(loc, input, gradient, groups)))
    return failure();
  size_t spatial = input.getRank() - 2;
  if (failed(checkList(loc, "kernel_shape", op.getKernelShape(), spatial, 1)) ||
      failed(checkList(loc, "strides", op.getStrides(), spatial, 1)) ||
      failed(checkList(loc, "dilations", op.getDilations(), spatial, 1)) ||
      failed(checkList(loc, "pads", op.getPads(), 2 * spatial, 0)) || failed(checkWindows(loc, op)))
    return failure();
  SmallVector<int64_t> shape = {gradient.getDimSize(1), input.getDimSize(1) / groups};
  llvm::append_range(shape, op.getKernelShape());
  types.push_back(RankedTensorType::get(shape, input.getElementType()));
  return success();
}
