#include "dialects/cnn/CNNDialect.h"

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
