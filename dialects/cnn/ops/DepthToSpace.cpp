#include "dialects/cnn/CNNDialect.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult DepthToSpace::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                             Adaptor op, SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  ArrayRef<int64_t> blocks = op.getBlocks(), crops = op.getCrops();
  if (input.getRank() < 3 || input.isDynamicDim(1))
    return emitOptionalError(loc,
                             "input must have batch, a known number of channels and at least "
                             "one spatial dim, but is ",
                             toString(input));
  size_t spatial = input.getRank() - 2;
  if (blocks.size() != spatial)
    return emitOptionalError(loc, "blocks has ", blocks.size(), " entries but the input calls for ",
                             spatial);
  if (!crops.empty() && crops.size() != 2 * spatial)
    return emitOptionalError(loc, "crops has ", crops.size(), " entries but the input calls for ",
                             2 * spatial);
  int64_t perBlock = 1, channels = input.getDimSize(1), groups = op.getGroups();
  // No tensor has more channels, and no product overflows.
  constexpr int64_t most = int64_t(1) << 31;
  for (int64_t block : blocks)
    perBlock = std::min(perBlock * block, most);
  if (perBlock < 1 || groups < 1 || channels % (perBlock * groups) != 0)
    return emitOptionalError(loc, "input has ", channels, " channels, which must divide by the ",
                             perBlock, " elements of a block times ", groups, " groups");
  SmallVector<Size> sizes = sizesOf(input);
  sizes[1] = getAffineConstantExpr(channels / perBlock, context);
  for (size_t i = 0; i < spatial; ++i) {
    int64_t begin = crops.empty() ? 0 : crops[i], end = crops.empty() ? 0 : crops[i + spatial];
    if (blocks[i] < 1 || begin < 0 || end < 0)
      return emitOptionalError(loc, "blocks must be at least 1 and crops at least 0");
    Size size = resized(sizes[i + 2], blocks[i], -begin - end);
    if (std::optional<int64_t> left = known(size); left && *left < 1)
      return emitOptionalError(loc, "crops of ", begin + end, " leave nothing of ",
                               begin + end + *left, " elements");
    sizes[i + 2] = size;
  }
  types.push_back(tensorOf(sizes, input.getElementType()));
  return success();
}
