#include "compiler/frontend/onnx/OnnxOps.h"
#include "compiler/frontend/onnx/ModelFile.h"

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
#define ONNX_TRAINING_OP(NAME, IMPORT) {#NAME, IMPORT, none, /*isForTraining=*/true},
#include "compiler/frontend/onnx/OnnxOps.def"
};

static std::string qualify(const std::string &domain, const std::string &name) {
  return isStandardDomain(domain) ? name : domain + "." + name;
}

static std::string qualifiedName(const OnnxOp &op) {
  return qualify(op.isForTraining ? trainingDomain : "", op.name);
}

std::string qualifiedName(const onnx::NodeProto &node) {
  return qualify(node.domain(), node.op_type());
}

const OnnxOp *findOp(const onnx::NodeProto &node) {
  std::string name = qualifiedName(node);
  for (const OnnxOp &op : table)
    if (name == qualifiedName(op))
      return &op;
  return nullptr;
}

std::vector<std::string> supportedOps() {
  std::vector<std::string> names;
  for (const OnnxOp &op : table)
    names.push_back(qualifiedName(op));
  return names;
}

} // namespace cnnc::onnximport
