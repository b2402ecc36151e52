#include "dialects/cnn/CNNDialect.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult Pad::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                    SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  ArrayRef<int64_t> pads = op.getPads();
  StringRef mode = op.getMode();
  size_t rank = input.getRank();
  if (pads.size() != 2 * rank)
    return emitOptionalError(loc, "pads has ", pads.size(), " entries but the input calls for ",
                             2 * rank);
  if (mode != "constant" && mode != "reflect" && mode != "edge" && mode != "wrap")
    return emitOptionalError(loc, "mode must be constant, reflect, edge or wrap but is ", mode);
  SmallVector<Size> sizes = sizesOf(input);
  for (size_t i = 0; i < rank; ++i) {
    int64_t most = std::max(pads[i], pads[i + rank]);
    if (std::min(pads[i], pads[i + rank]) < 0)
      return emitOptionalError(loc, "pads must not be negative: use slice to crop");
    std::optional<int64_t> size = known(sizes[i]);
    if (size && ((mode == "reflect" && most >= *size) || (mode == "wrap" && most > *size)))
      return emitOptionalError(loc, "a ", mode, " border of ", most,
                               " elements does not fit a dim of ", *size);
    sizes[i] = sizes[i] + (pads[i] + pads[i + rank]);
  }
  types.push_back(tensorOf(sizes, input.getElementType()));
  return success();
}
