// resize and resize_like: they differ in where the result's sizes come from.
#include "dialects/cnn/ops/Gradients.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace cnnc::cnn;

static LogicalResult checkChoice(std::optional<Location> loc, StringRef name, StringRef value,
                                 ArrayRef<StringRef> choices) {
  if (llvm::is_contained(choices, value))
    return success();
  return emitOptionalError(loc, name, " must be one of ", llvm::join(choices, ", "), " but is ",
                           value);
}

template <typename Adaptor>
static LogicalResult checkModes(std::optional<Location> loc, Adaptor op, int64_t rank) {
  if (failed(checkChoice(loc, "mode", op.getMode(), {"nearest", "linear"})) ||
      failed(checkChoice(loc, "coordinate_transformation_mode",
                         op.getCoordinateTransformationMode(),
                         {"half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"})) ||
      failed(checkChoice(loc, "nearest_mode", op.getNearestMode(),
                         {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"})))
    return failure();
  if (rank < 3)
    return emitOptionalError(loc,
                             "input must have batch, channels and at least one spatial dim, "
                             "but has ",
                             rank, " dims");
  return success();
}

template <typename Adaptor>
static LogicalResult checkAttributes(std::optional<Location> loc, Adaptor op) {
  return checkModes(loc, op, cast<RankedTensorType>(op.getInput().getType()).getRank());
}

static LogicalResult checkScales(std::optional<Location> loc, StringRef name,
                                 ArrayRef<int64_t> values, size_t spatial) {
  if (values.size() != spatial)
    return emitOptionalError(loc, name, " has ", values.size(), " entries but the input calls for ",
                             spatial);
  // So that products with a size stay far from overflow.
  constexpr int64_t most = 1 << 24;
  for (int64_t value : values)
    if (value < 1 || value > most)
      return emitOptionalError(loc, name, " must be between 1 and ", most, " but has ", value);
  return success();
}

LogicalResult Resize::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                       SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  ArrayRef<int64_t> scales = op.getScales(), divisors = op.getDivisors();
  if (failed(checkAttributes(loc, op)) ||
      failed(checkScales(loc, "scales", scales, input.getRank() - 2)) ||
      failed(checkScales(loc, "divisors", divisors, input.getRank() - 2)))
    return failure();
  SmallVector<Size> sizes = sizesOf(input);
  for (size_t i = 0; i < scales.size(); ++i) {
    Size size = (sizes[i + 2] * scales[i]).floorDiv(divisors[i]);
    if (known(size) == 0)
      return emitOptionalError(loc, "scaled by ", scales[i], "/", divisors[i], ", a dim of ",
                               *known(sizes[i + 2]), " elements has none");
    sizes[i + 2] = size;
  }
  types.push_back(tensorOf(sizes, input.getElementType()));
  return success();
}

LogicalResult ResizeLike::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                           SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  auto like = cast<RankedTensorType>(op.getLike().getType());
  if (failed(checkAttributes(loc, op)))
    return failure();
  if (like.getRank() != input.getRank())
    return emitOptionalError(loc, "like has ", like.getRank(), " dims but input has ",
                             input.getRank());
  SmallVector<Size> sizes(ArrayRef<Size>(sizesOf(input)).take_front(2));
  llvm::append_range(sizes, ArrayRef<Size>(sizesOf(like)).drop_front(2));
  types.push_back(tensorOf(sizes, input.getElementType()));
  return success();
}

//===-- Gradients -----------------------------------------------------------===//

LogicalResult ResizeGrad::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                           SmallVectorImpl<Type> &types) {
  auto gradient = cast<RankedTensorType>(op.getGradient().getType());
  auto like = cast<RankedTensorType>(op.getLike().getType());
  if (failed(checkModes(loc, op, gradient.getRank())))
    return failure();
  if (like.getRank() != gradient.getRank())
    return emitOptionalError(loc, "like has ", like.getRank(), " dims but gradient has ",
                             gradient.getRank());
  if (!op.getScales().empty() &&
      (failed(checkScales(loc, "scales", op.getScales(), like.getRank() - 2)) ||
       failed(checkScales(loc, "divisors", op.getDivisors(), like.getRank() - 2))))
    return failure();
  types.push_back(tensorOf(sizesOf(like), gradient.getElementType()));
  return success();
}

Gradients Resize::buildGradients(OpBuilder &builder, Value gradient) {
  return SmallVector<Value>{
      ResizeGrad::create(builder, getLoc(), gradient, getInput(), getScales(), getDivisors(),
                         getMode(), getCoordinateTransformationMode(), getNearestMode())};
}

Gradients ResizeLike::buildGradients(OpBuilder &builder, Value gradient) {
  ArrayRef<int64_t> none;
  Value ofInput = ResizeGrad::create(builder, getLoc(), gradient, getInput(), none, none, getMode(),
                                     getCoordinateTransformationMode(), getNearestMode());
  return SmallVector<Value>{ofInput, Value()};
}
