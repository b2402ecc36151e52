#include "compiler/frontend/onnx/ImportGraph.h"
#include "compiler/frontend/onnx/ModelFile.h"
#include "compiler/frontend/onnx/OnnxOps.h"
#include "compiler/support/Spelling.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace cnnc::onnximport {

LogicalResult checkOps(Graph &graph, const onnx::GraphProto &proto) {
  std::vector<std::string> seen;
  for (auto [i, node] : llvm::enumerate(proto.node())) {
    std::string name = qualifiedName(node);
    if (findOp(node) || llvm::is_contained(seen, name))
      continue;
    seen.push_back(name);
    std::string nearest = nearestName(name, supportedOps());
    emitError(graph.location) << describe(node, i) << ": ONNX op '" << name << "' is not supported"
                              << (nearest.empty() ? "" : "; did you mean '" + nearest + "'?");
  }
  if (!seen.empty())
    emitRemark(graph.location) << "supported ops are " << llvm::join(supportedOps(), ", ");
  return success(seen.empty());
}

std::vector<std::string> namesOfOutputs(const onnx::GraphProto &proto) {
  std::vector<std::string> names;
  for (const onnx::ValueInfoProto &output : proto.output())
    names.push_back(output.name());
  return names;
}

static bool isGradient(const onnx::NodeProto &node) {
  return node.domain() == trainingDomain && node.op_type() == "Gradient";
}

bool hasGradients(const onnx::GraphProto &proto) { return llvm::any_of(proto.node(), isGradient); }

/// Adds what a node needs: its operands, and what a gradient is of, which an attribute names.
static void addNeeds(const onnx::NodeProto &node, llvm::StringSet<> &needed) {
  for (const std::string &input : node.input())
    needed.insert(input);
  for (const onnx::AttributeProto &attribute : node.attribute())
    if (isGradient(node) && attribute.name() == "y")
      needed.insert(attribute.s());
}

llvm::StringSet<> findNeeded(const onnx::GraphProto &proto, ArrayRef<std::string> outputs) {
  llvm::StringSet<> needed;
  needed.insert(outputs.begin(), outputs.end());
  for (const onnx::NodeProto &node : llvm::reverse(proto.node()))
    if (llvm::any_of(node.output(), [&](const auto &name) { return needed.contains(name); }))
      addNeeds(node, needed);
  return needed;
}

LogicalResult defineInitializers(Graph &graph, const onnx::GraphProto &proto) {
  for (const onnx::TensorProto &tensor : proto.initializer())
    if (!graph.values.try_emplace(tensor.name(), NamedValue{{}, std::nullopt, &tensor}).second)
      return emitError(graph.location) << "two weights are called '" << tensor.name() << "'";
  for (const onnx::SparseTensorProto &tensor : proto.sparse_initializer())
    return emitError(graph.location)
           << "weight '" << tensor.values().name() << "' is sparse, which is not supported";
  return success();
}

static bool isNeeded(const Graph &graph, const onnx::NodeProto &node) {
  return llvm::any_of(node.output(), [&](const std::string &name) {
    return !name.empty() && graph.neededNames.contains(name);
  });
}

static LogicalResult importNode(Node &node, const OnnxOp *op) {
  ImportFunction import = op->onTensors;
  if (node.allInputsAreSizes() && (op->onSizes || !import))
    import = op->onSizes;
  if (import)
    import(node);
  else
    node.error() << "it is supported only on integers that are known when compiling";
  return failure(node.failed());
}

LogicalResult importNodes(Graph &graph, const onnx::GraphProto &proto) {
  for (auto [i, nodeProto] : llvm::enumerate(proto.node())) {
    Node node(graph, nodeProto, i);
    if (isNeeded(graph, nodeProto) && failed(importNode(node, findOp(nodeProto))))
      return failure();
  }
  return success();
}

} // namespace cnnc::onnximport
