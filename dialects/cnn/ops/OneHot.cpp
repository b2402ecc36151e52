#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult OneHot::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                       Adaptor op, SmallVectorImpl<Type> &types) {
  auto labels = cast<RankedTensorType>(op.getLabels().getType());
  int64_t axis = op.getAxis(), classes = op.getClasses();
  if (!labels.getElementType().isInteger(32) && !labels.getElementType().isInteger(64))
    return emitOptionalError(loc, "labels must be i32 or i64 but are ", labels.getElementType());
  if (axis < 0 || axis > labels.getRank())
    return emitOptionalError(loc, "axis is ", axis, " but the result has ", labels.getRank() + 1,
                             " dims");
  if (classes < 1)
    return emitOptionalError(loc, "classes must be at least 1 but is ", classes);
  SmallVector<Size> sizes = sizesOf(labels);
  sizes.insert(sizes.begin() + axis, getAffineConstantExpr(classes, context));
  types.push_back(tensorOf(sizes, Float32Type::get(context)));
  return success();
}

// Labels are whole numbers.
Gradients OneHot::buildGradients(OpBuilder &, Value) { return SmallVector<Value>{Value()}; }
