#include "compiler/frontend/Frontend.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"

using namespace mlir;

namespace cnnc {

OwningOpRef<ModuleOp> readModel(MLIRContext &context, const std::string &path,
                                const ReadOptions &options) {
  StringRef file = path;
  if (file.ends_with(".cnn"))
    return readCnn(context, path, options);
  if (file.ends_with(".onnx"))
    return readOnnx(context, path, options);
  emitError(FileLineColLoc::get(&context, path, 0, 0))
      << "a model is a .cnn or an .onnx file, told by its name";
  return nullptr;
}

} // namespace cnnc
