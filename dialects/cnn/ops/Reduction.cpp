#include "dialects/cnn/CNNDialect.h"

using namespace mlir;
using namespace cnnc::cnn;

template <typename Adaptor>
static LogicalResult inferReduction(std::optional<Location> loc, Adaptor op,
                                    SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  SmallVector<bool> reduced(input.getRank(), false);
  int64_t previous = -1;
  for (int64_t axis : op.getAxes()) {
    if (axis <= previous || axis >= input.getRank())
      return emitOptionalError(loc, "axes must be ascending and below ", input.getRank(),
                               " but has ", axis, " after ", previous);
    reduced[axis] = true;
    previous = axis;
  }
  SmallVector<Size> sizes;
  for (auto [i, size] : llvm::enumerate(sizesOf(input))) {
    if (!reduced[i])
      sizes.push_back(size);
    else if (op.getKeepdims())
      sizes.push_back(getAffineConstantExpr(1, input.getContext()));
  }
  types.push_back(tensorOf(sizes, input.getElementType()));
  return success();
}

LogicalResult ReduceMean::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                           SmallVectorImpl<Type> &types) {
  return inferReduction(loc, op, types);
}

LogicalResult ReduceMax::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                          SmallVectorImpl<Type> &types) {
  return inferReduction(loc, op, types);
}

LogicalResult ReduceSum::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                          SmallVectorImpl<Type> &types) {
  return inferReduction(loc, op, types);
}
