#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult Concat::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                       SmallVectorImpl<Type> &types) {
  if (op.getInputs().empty())
    return emitOptionalError(loc, "concat needs at least one tensor");
  auto first = cast<RankedTensorType>(op.getInputs().front().getType());
  int64_t axis = op.getAxis();
  if (axis < 0 || axis >= first.getRank())
    return emitOptionalError(loc, "axis is ", axis, " but the first tensor has ", first.getRank(),
                             " dims");
  SmallVector<Size> sizes = sizesOf(first);
  for (Value input : op.getInputs().drop_front()) {
    SmallVector<Size> other = sizesOf(input);
    Size along = other.size() == sizes.size() ? other[axis] : Size();
    if (along)
      other[axis] = sizes[axis];
    if (!along || !llvm::equal(other, sizes, equalIfDivisible))
      return emitOptionalError(loc, "tensors of shapes ", toString(first), " and ",
                               toString(cast<RankedTensorType>(input.getType())),
                               " may differ along dim ", axis, " only");
    sizes[axis] = sizes[axis] + along;
  }
  types.push_back(tensorOf(sizes, first.getElementType()));
  return success();
}

// Each operand's part of it.
Gradients Concat::buildGradients(OpBuilder &builder, Value gradient) {
  SmallVector<int64_t> starts(getType().getRank(), 0), steps(getType().getRank(), 1),
      ends(getType().getRank(), std::numeric_limits<int64_t>::max());
  size_t axis = getAxis();
  SmallVector<Value> gradients;
  for (Value input : getInputs()) {
    std::optional<int64_t> size = known(sizesOf(input)[axis]);
    if (!size && getInputs().size() > 1)
      return emitOpError() << "has a gradient only where the sizes along dim " << axis
                           << " are known";
    if (size)
      ends[axis] = starts[axis] + *size;
    gradients.push_back(Slice::create(builder, getLoc(), gradient, starts, ends, steps));
    starts[axis] = ends[axis];
  }
  return gradients;
}
