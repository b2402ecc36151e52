#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult Softmax::verify() {
  int64_t rank = getInput().getType().getRank(), axis = getAxis();
  if (axis < 0 || axis >= rank)
    return emitOpError() << "axis is " << axis << " but input has " << rank << " dims";
  return success();
}

// temperature * y * (g - sum of g * y along the axis)
Gradients Softmax::buildGradients(OpBuilder &builder, Value gradient) {
  Term g{builder, getLoc(), gradient}, y{builder, getLoc(), getResult()};
  int64_t axis = getAxis();
  Term sum{builder, getLoc(),
           ReduceSum::create(builder, getLoc(), (g * y).value, axis, /*keepdims=*/true)};
  return SmallVector<Value>{(y * (g - sum) * getTemperature().convertToDouble()).value};
}
