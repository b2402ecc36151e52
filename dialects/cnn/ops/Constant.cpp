#include "dialects/cnn/CNNDialect.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult Constant::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor op,
                                         SmallVectorImpl<Type> &types) {
  types.push_back(cast<ElementsAttr>(op.getValue()).getType());
  return success();
}

OpFoldResult Constant::fold(FoldAdaptor) { return getValue(); }
