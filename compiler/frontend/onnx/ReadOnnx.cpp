// Reads an ONNX file into a network, as Frontend.h promises:
//
// 1. The file is parsed, its opset checked, and ops that are not supported are reported, all at
// once.
// 2. Its inputs become those of the function; open dims become symbolic sizes.
// 3. The nodes that the outputs depend on are imported in order, each by the row of OnnxOps.def.
// 4. The outputs are returned, and constants that nobody uses removed.
#include "compiler/frontend/Frontend.h"
#include "compiler/frontend/SizeNames.h"
#include "compiler/frontend/onnx/Border.h"
#include "compiler/frontend/onnx/OnnxOps.h"
#include "compiler/support/Spelling.h"

#include "mlir/IR/Verifier.h"

#include "llvm/ADT/StringExtras.h"

#include <filesystem>

using namespace mlir;

namespace cnnc::onnximport {

/// One error per op that is not supported, at the first node that has it.
static LogicalResult checkOps(const onnx::GraphProto &proto, Location file) {
  std::vector<std::string> seen;
  for (auto [i, node] : llvm::enumerate(proto.node())) {
    bool isStandard = isStandardDomain(node.domain());
    std::string name = isStandard ? node.op_type() : node.domain() + "." + node.op_type();
    if ((isStandard && findOp(name)) || llvm::is_contained(seen, name))
      continue;
    seen.push_back(name);
    std::string nearest = nearestName(name, supportedOps());
    emitError(file) << describe(node, i) << ": ONNX op '" << name << "' is not supported"
                    << (nearest.empty() ? "" : "; did you mean '" + nearest + "'?");
  }
  if (!seen.empty())
    emitRemark(file) << "supported ops are " << llvm::join(supportedOps(), ", ");
  return success(seen.empty());
}

/// The names of all values that the outputs depend on.
static llvm::StringSet<> findNeeded(const onnx::GraphProto &proto) {
  llvm::StringSet<> needed;
  for (const onnx::ValueInfoProto &output : proto.output())
    needed.insert(output.name());
  for (const onnx::NodeProto &node : llvm::reverse(proto.node()))
    if (llvm::any_of(node.output(), [&](const auto &name) { return needed.contains(name); }))
      for (const std::string &input : node.input())
        needed.insert(input);
  return needed;
}

static LogicalResult defineInitializers(Graph &graph, const onnx::GraphProto &proto) {
  for (const onnx::TensorProto &tensor : proto.initializer())
    if (!graph.values.try_emplace(tensor.name(), NamedValue{{}, std::nullopt, &tensor}).second)
      return emitError(graph.location) << "two weights are called '" << tensor.name() << "'";
  for (const onnx::SparseTensorProto &tensor : proto.sparse_initializer())
    return emitError(graph.location)
           << "weight '" << tensor.values().name() << "' is sparse, which is not supported";
  return success();
}

static LogicalResult importNode(Node &node) {
  const OnnxOp *op = findOp(node.op());
  ImportFunction import = op->onTensors;
  if (node.allInputsAreSizes() && (op->onSizes || !import))
    import = op->onSizes;
  if (import)
    import(node);
  else
    node.error() << "it is supported only on integers that are known when compiling";
  return failure(node.failed());
}

static LogicalResult importNodes(Graph &graph, const onnx::GraphProto &proto) {
  for (auto [i, nodeProto] : llvm::enumerate(proto.node())) {
    Node node(graph, nodeProto, i);
    bool isNeeded = false;
    for (int output = 0; output < nodeProto.output_size(); ++output)
      isNeeded |= node.isOutputNeeded(output);
    if (isNeeded && failed(importNode(node)))
      return failure();
  }
  return success();
}

static void eraseUnusedConstants(func::FuncOp network) {
  for (Operation &op : llvm::make_early_inc_range(network.getBody().front()))
    if (isa<cnn::Constant>(op) && op.use_empty())
      op.erase();
}

/// The network's name: as the user says, else that of the file. What files call their graphs says
/// more of the exporter than of the network.
static std::string networkName(const std::string &path, const ReadOptions &options) {
  if (!options.name.empty())
    return options.name;
  return toIdentifier(std::filesystem::path(path).stem().string(), "net_");
}

static LogicalResult readGraph(Graph &graph, const onnx::GraphProto &proto, ModuleOp module,
                               const std::string &name, const ReadOptions &options) {
  SymbolicSizes symbols(graph.builder.getContext(), options);
  if (failed(checkOps(proto, graph.location)) || failed(defineInitializers(graph, proto)))
    return failure();
  FailureOr<std::vector<BorderValue>> inputs = readInputs(graph, proto, symbols);
  if (failed(inputs))
    return failure();
  func::FuncOp network =
      createNetwork(module, graph.location, name, symbols.names(), symbols.typical(), *inputs);
  graph.builder.setInsertionPointToEnd(&network.getBody().front());
  SizeNamesInMessages sizeNames(graph.builder.getContext(), symbols.names());
  if (failed(defineInputs(graph, network, *inputs)) || failed(importNodes(graph, proto)))
    return failure();
  FailureOr<std::vector<BorderValue>> outputs = readOutputs(graph, proto);
  if (failed(outputs))
    return failure();
  finishNetwork(network, graph.location, *outputs);
  eraseUnusedConstants(network);
  return verify(module);
}

} // namespace cnnc::onnximport

namespace cnnc {

OwningOpRef<ModuleOp> readOnnx(MLIRContext &context, const std::string &path,
                               const ReadOptions &options) {
  using namespace onnximport;
  context.loadDialect<cnn::CNNDialect, func::FuncDialect>();
  Location location = FileLineColLoc::get(&context, path, 0, 0);
  Result<ModelPointer> model = loadModel(path);
  Result<int64_t> opset = model ? opsetOf(**model) : Error{model.error()};
  if (!opset) {
    emitError(location) << opset.error();
    return nullptr;
  }
  const onnx::GraphProto &proto = (*model)->graph();
  std::string folder = std::filesystem::path(path).parent_path().string();
  Graph graph{OpBuilder(&context), location, Weights(*model, folder), *opset, {},
              findNeeded(proto)};
  OwningOpRef<ModuleOp> module(ModuleOp::create(location));
  if (failed(readGraph(graph, proto, *module, networkName(path, options), options)))
    return nullptr;
  return module;
}

} // namespace cnnc
