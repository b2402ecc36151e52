#include "compiler/frontend/onnx/OnnxOps.h"

namespace cnnc::onnximport {

static constexpr ImportFunction none = nullptr;

static const OnnxOp table[] = {
#define ONNX_OP(NAME, ON_TENSORS, ON_SIZES) {#NAME, ON_TENSORS, ON_SIZES},
#define ONNX_UNARY(NAME, OP, ...)                                                                  \
  {#NAME, [](Node &node) { importUnary<cnn::OP>(node, {__VA_ARGS__}); }, none},
#define ONNX_BINARY(NAME, OP, ON_SIZES) {#NAME, importBinary<cnn::OP>, ON_SIZES},
#define ONNX_VARIADIC(NAME, OP, ON_SIZES) {#NAME, importVariadic<cnn::OP>, ON_SIZES},
#define ONNX_REDUCTION(NAME, OP, SINCE, ON_SIZES)                                                  \
  {#NAME, [](Node &node) { importReduction<cnn::OP>(node, SINCE); }, ON_SIZES},
#define ONNX_GLOBAL_POOL(NAME, OP) {#NAME, importGlobalPool<cnn::OP>, none},
#include "compiler/frontend/onnx/OnnxOps.def"
};

const OnnxOp *findOp(llvm::StringRef name) {
  for (const OnnxOp &op : table)
    if (name == op.name)
      return &op;
  return nullptr;
}

std::vector<std::string> supportedOps() {
  std::vector<std::string> names;
  for (const OnnxOp &op : table)
    names.push_back(op.name);
  return names;
}

} // namespace cnnc::onnximport
