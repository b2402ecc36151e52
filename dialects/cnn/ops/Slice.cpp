#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult Slice::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                      SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  size_t rank = input.getRank();
  for (ArrayRef<int64_t> list : {op.getStarts(), op.getEnds(), op.getSteps()})
    if (list.size() != rank)
      return emitOptionalError(loc, "starts, ends and steps must have an entry for each of ", rank,
                               " dims, but one has ", list.size());
  SmallVector<Size> sizes = sizesOf(input);
  for (size_t i = 0; i < rank; ++i) {
    int64_t start = op.getStarts()[i], end = op.getEnds()[i], step = op.getSteps()[i];
    if (start < 0 || end < start || step < 1)
      return emitOptionalError(loc, "dim ", i, ": start ", start, ", end ", end, " and step ", step,
                               " do not make a slice");
    Size stop = getAffineConstantExpr(end, input.getContext());
    if (std::optional<int64_t> size = known(sizes[i])) {
      end = std::min(end, *size);
      stop = getAffineConstantExpr(end, input.getContext());
      if (start >= end)
        return emitOptionalError(loc, "dim ", i, ": start ", start, " leaves nothing of a dim of ",
                                 *size, " elements");
    } else if (end == std::numeric_limits<int64_t>::max()) {
      stop = sizes[i];
    }
    sizes[i] = divideUp(stop - start, step);
  }
  types.push_back(tensorOf(sizes, input.getElementType()));
  return success();
}

//===-- Gradients -----------------------------------------------------------===//

/// `value` with step - 1 zeros between its elements along a dim.
static Value spread(OpBuilder &builder, Value value, size_t dim, int64_t step) {
  if (step == 1)
    return value;
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<Size> sizes = sizesOf(type);
  Size one = getAffineConstantExpr(1, type.getContext()), before = one, after = one;
  for (size_t i = 0; i < sizes.size(); ++i)
    if (i != dim)
      (i < dim ? before : after) = (i < dim ? before : after) * sizes[i];
  int64_t count = *known(sizes[dim]), all = std::numeric_limits<int64_t>::max();
  auto under = [&](ArrayRef<Size> shape, Value v) {
    return reshapeTo(builder, v, tensorOf(shape, type.getElementType()));
  };
  value =
      padWithZeros(builder, under({before * count, one, after}, value), {0, 0, 0, 0, step - 1, 0});
  value = under({before, one * (count * step), after}, value);
  value = Slice::create(builder, value.getLoc(), value, ArrayRef<int64_t>{0, 0, 0},
                        ArrayRef<int64_t>{all, (count - 1) * step + 1, all},
                        ArrayRef<int64_t>{1, 1, 1});
  sizes[dim] = one * ((count - 1) * step + 1);
  return under(sizes, value);
}

// Zeros where nothing was taken.
Gradients Slice::buildGradients(OpBuilder &builder, Value gradient) {
  SmallVector<Size> sizes = sizesOf(getInput());
  size_t rank = sizes.size();
  SmallVector<int64_t> pads(2 * rank, 0);
  for (size_t dim = 0; dim < rank; ++dim) {
    int64_t start = getStarts()[dim], end = getEnds()[dim], step = getSteps()[dim];
    pads[dim] = start;
    if (std::optional<int64_t> size = known(sizes[dim])) {
      int64_t last = (std::min(end, *size) - start - 1) / step * step + start;
      pads[dim + rank] = *size - 1 - last;
    } else if (step > 1 || end != std::numeric_limits<int64_t>::max()) {
      return emitOpError() << "has a gradient only where the size of dim " << dim << " is known";
    }
    gradient = spread(builder, gradient, dim, step);
  }
  return SmallVector<Value>{padWithZeros(builder, gradient, pads)};
}
