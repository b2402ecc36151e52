#include "dialects/cnn/CNNDialect.h"

using namespace cnnc::cnn;

#include "dialects/cnn/CNNDialect.cpp.inc"
#include "dialects/cnn/CNNInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/cnn/CNNOps.cpp.inc"

void CNNDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/cnn/CNNOps.cpp.inc"
      >();
}

mlir::Operation *CNNDialect::materializeConstant(mlir::OpBuilder &builder, mlir::Attribute value,
                                                 mlir::Type type, mlir::Location loc) {
  auto elements = llvm::dyn_cast<mlir::ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return Constant::create(builder, loc, elements, /*name=*/mlir::StringAttr());
}
