#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult Flip::verify() {
  int64_t rank = getInput().getType().getRank();
  for (int64_t axis : getAxes())
    if (axis < 0 || axis >= rank)
      return emitOpError() << "axis is " << axis << " but input has " << rank << " dims";
  return success();
}

Gradients Flip::buildGradients(OpBuilder &builder, Value gradient) {
  return SmallVector<Value>{Flip::create(builder, getLoc(), gradient, getAxes())};
}
