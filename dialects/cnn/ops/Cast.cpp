#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult Cast::verify() {
  if (sizesOf(getInput()) != sizesOf(getResult()))
    return emitOpError() << "result has shape " << toString(getType()) << " but input has "
                         << toString(getInput().getType());
  return success();
}

// cast to its own type = x
OpFoldResult Cast::fold(FoldAdaptor) {
  return getInput().getType() == getType() ? getInput() : Value();
}

// Between float types; an integer has no gradient.
Gradients Cast::buildGradients(OpBuilder &builder, Value gradient) {
  if (!isa<FloatType>(getInput().getType().getElementType()))
    return SmallVector<Value>{Value()};
  return SmallVector<Value>{Cast::create(builder, getLoc(), getInput().getType(), gradient)};
}
