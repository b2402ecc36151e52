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
#include "compiler/frontend/onnx/ImportGraph.h"

#include "mlir/IR/Verifier.h"

#include <filesystem>

using namespace mlir;

namespace cnnc::onnximport {

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
  if (failed(checkOps(graph, proto)) || failed(defineInitializers(graph, proto)))
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
  Graph graph{OpBuilder(&context),
              location,
              Weights(*model, folder),
              *opset,
              {},
              findNeeded(proto, namesOfOutputs(proto)),
              /*keepWeights=*/hasGradients(proto)};
  OwningOpRef<ModuleOp> module(ModuleOp::create(location));
  if (failed(readGraph(graph, proto, *module, networkName(path, options), options)))
    return nullptr;
  return module;
}

} // namespace cnnc
