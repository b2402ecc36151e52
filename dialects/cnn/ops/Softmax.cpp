#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

template <typename Op> static LogicalResult verifyAxis(Op op) {
  int64_t rank = op.getInput().getType().getRank(), axis = op.getAxis();
  if (axis < 0 || axis >= rank)
    return op.emitOpError() << "axis is " << axis << " but input has " << rank << " dims";
  return success();
}

LogicalResult Softmax::verify() { return verifyAxis(*this); }
LogicalResult LogSoftmax::verify() { return verifyAxis(*this); }

// temperature * y * (g - sum of g * y along the axis)
Gradients Softmax::buildGradients(OpBuilder &builder, Value gradient) {
  Term g{builder, getLoc(), gradient}, y{builder, getLoc(), getResult()};
  int64_t axis = getAxis();
  Term sum{builder, getLoc(),
           ReduceSum::create(builder, getLoc(), (g * y).value, axis, /*keepdims=*/true)};
  return SmallVector<Value>{(y * (g - sum) * getTemperature().convertToDouble()).value};
}

// g - softmax(x) * sum of g along the axis
Gradients LogSoftmax::buildGradients(OpBuilder &builder, Value gradient) {
  Term g{builder, getLoc(), gradient}, y{builder, getLoc(), getResult()};
  int64_t axis = getAxis();
  Term sum{builder, getLoc(),
           ReduceSum::create(builder, getLoc(), gradient, axis, /*keepdims=*/true)};
  return SmallVector<Value>{(g - y.apply<Exp>() * sum).value};
}
