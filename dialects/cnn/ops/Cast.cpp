#include "dialects/cnn/CNNDialect.h"

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
