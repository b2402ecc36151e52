#include "dialects/cnn/ops/Gradients.h"

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

// A block of one element, of which nothing is cut off, is the pixel itself.
OpFoldResult DepthToSpace::fold(FoldAdaptor) {
  return allEqual(getBlocks(), 1) && allEqual(getCrops(), 0) ? getInput() : Value();
}

// The blocks' elements back to channels, one dim after the other from the last to the first, each
// in front of the channels that are there by then:
//
//     [N G, C, before, X, block, after] -> [N G, block, C, before, X, after]
Gradients DepthToSpace::buildGradients(OpBuilder &builder, Value gradient) {
  SmallVector<Size> sizes = sizesOf(getInput());
  size_t rank = sizes.size(), spatial = rank - 2;
  SmallVector<int64_t> pads(2 * rank, 0);
  for (size_t i = 0; i < spatial && !getCrops().empty(); ++i) {
    pads[i + 2] = getCrops()[i];
    pads[i + 2 + rank] = getCrops()[i + spatial];
  }
  Value value = padWithZeros(builder, gradient, pads);
  Size one = getAffineConstantExpr(1, getContext()), after = one;
  int64_t channels = getType().getDimSize(1) / static_cast<int64_t>(getGroups());
  for (size_t i = spatial; i-- > 0;) {
    Size before = one;
    for (size_t j = 0; j < i; ++j)
      before = before * sizes[j + 2] * getBlocks()[j];
    auto type = tensorOf({sizes[0] * static_cast<int64_t>(getGroups()), one * channels, before,
                          sizes[i + 2], one * getBlocks()[i], after},
                         getType().getElementType());
    value = reshapeTo(builder, value, type);
    value = Transpose::create(builder, getLoc(), value, ArrayRef<int64_t>{0, 4, 1, 2, 3, 5});
    channels *= getBlocks()[i];
    after = after * sizes[i + 2];
  }
  return SmallVector<Value>{reshapeTo(builder, value, getInput().getType())};
}
