#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult Transpose::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                          SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  ArrayRef<int64_t> permutation = op.getPermutation();
  if (static_cast<int64_t>(permutation.size()) != input.getRank())
    return emitOptionalError(loc, "permutation has ", permutation.size(), " entries but input has ",
                             input.getRank(), " dims");
  SmallVector<Size> from = sizesOf(input), sizes;
  SmallVector<bool> seen(permutation.size(), false);
  for (int64_t dim : permutation) {
    if (dim < 0 || dim >= input.getRank() || seen[dim])
      return emitOptionalError(loc, "permutation must name each of ", input.getRank(),
                               " dims once, but has ", dim);
    seen[dim] = true;
    sizes.push_back(from[dim]);
  }
  types.push_back(tensorOf(sizes, input.getElementType()));
  return success();
}

Gradients Transpose::buildGradients(OpBuilder &builder, Value gradient) {
  SmallVector<int64_t> inverse(getPermutation().size());
  for (auto [to, from] : llvm::enumerate(getPermutation()))
    inverse[from] = static_cast<int64_t>(to);
  return SmallVector<Value>{Transpose::create(builder, getLoc(), gradient, inverse)};
}
