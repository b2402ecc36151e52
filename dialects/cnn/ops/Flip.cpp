#include "dialects/cnn/CNNDialect.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult Flip::verify() {
  int64_t rank = getInput().getType().getRank();
  for (int64_t axis : getAxes())
    if (axis < 0 || axis >= rank)
      return emitOpError() << "axis is " << axis << " but input has " << rank << " dims";
  return success();
}
