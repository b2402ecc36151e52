#include "compiler/frontend/onnx/OnnxBlock.h"
#include "compiler/frontend/onnx/Border.h"
#include "compiler/frontend/onnx/ImportGraph.h"
#include "compiler/support/Spelling.h"

#include <filesystem>

using namespace mlir;

namespace cnnc {

using namespace onnximport;

static llvm::StringSet<> namesOfInitializers(const onnx::GraphProto &proto) {
  llvm::StringSet<> names;
  for (const onnx::TensorProto &tensor : proto.initializer())
    names.insert(tensor.name());
  return names;
}

/// The model must make each of `outputs`.
static Status checkOutputs(const onnx::GraphProto &proto, ArrayRef<std::string> outputs) {
  std::vector<std::string> made;
  for (const onnx::NodeProto &node : proto.node())
    made.insert(made.end(), node.output().begin(), node.output().end());
  for (const std::string &name : outputs)
    if (!llvm::is_contained(made, name))
      return Error{"no node of the model makes a value called '" + name + "'" +
                   suggestion(name, made)};
  return done();
}

Result<OnnxBlock> OnnxBlock::open(const std::string &path, std::vector<std::string> outputs) {
  Result<ModelPointer> model = loadModel(path);
  if (!model)
    return Error{model.error()};
  Result<int64_t> opset = opsetOf(**model);
  if (!opset)
    return Error{opset.error()};
  const onnx::GraphProto &proto = (*model)->graph();
  if (hasGradients(proto))
    return Error{"the model has the op Gradient, which is not supported in a block"};
  if (outputs.empty())
    outputs = namesOfOutputs(proto);
  if (outputs.empty())
    return Error{"the graph has no outputs"};
  if (Status status = checkOutputs(proto, outputs); !status)
    return Error{status.error()};
  OnnxBlock block;
  block.path = path;
  block.model = *model;
  block.opset = *opset;
  block.outputNames = std::move(outputs);
  // Before IR version 4 the weights are among the inputs, and are none.
  llvm::StringSet<> weights = namesOfInitializers(proto);
  for (const onnx::ValueInfoProto &input : proto.input())
    if (!weights.contains(input.name()))
      block.inputNames.push_back(input.name());
  return block;
}

/// Inputs have the element type, the number of dims and the fixed sizes that the model says. What
/// it leaves open may be anything: the nodes check what they need.
static LogicalResult checkInput(const Graph &graph, const onnx::ValueInfoProto &proto,
                                RankedTensorType given) {
  auto error = [&] { return emitError(graph.location) << "input '" << proto.name() << "' has "; };
  const onnx::TypeProto::Tensor &type = proto.type().tensor_type();
  if (given.getElementType() != inputElementType(given.getContext(), type.elem_type()))
    return error() << "the element type " << nameOfType(type.elem_type())
                   << " but is given a tensor of " << given.getElementType();
  if (!type.has_shape())
    return success();
  if (type.shape().dim_size() != given.getRank())
    return error() << type.shape().dim_size() << " dims but is given " << cnn::toString(given);
  for (int64_t i = 0; i < given.getRank(); ++i)
    if (const auto &dim = type.shape().dim(i);
        dim.has_dim_value() && dim.dim_value() != given.getDimSize(i))
      return error() << dim.dim_value() << " in dim " << i << " but is given "
                     << cnn::toString(given);
  return success();
}

static LogicalResult defineInputs(Graph &graph, const onnx::GraphProto &proto,
                                  ArrayRef<std::string> names, ArrayRef<Value> values) {
  for (auto [name, value] : llvm::zip_equal(names, values)) {
    auto info = llvm::find_if(proto.input(), [&](const auto &i) { return i.name() == name; });
    if (failed(checkInput(graph, *info, typeOf(value))))
      return failure();
    if (!graph.values.try_emplace(name, NamedValue{value, std::nullopt, nullptr}).second)
      return emitError(graph.location) << "two inputs are called '" << name << "'";
  }
  return success();
}

/// The constants that numbers of the file became, each under the name that the file has for it.
static SmallVector<cnn::Constant> constantsOf(const Graph &graph) {
  SmallVector<cnn::Constant> constants;
  for (const auto &entry : graph.values) {
    Value tensor = entry.second.tensor;
    auto constant = tensor ? tensor.getDefiningOp<cnn::Constant>() : cnn::Constant();
    if (constant && constant.getName() == entry.first())
      constants.push_back(constant);
  }
  return constants;
}

/// Weights get their names in the network, other constants none, and those that nobody reads go.
static LogicalResult nameParameters(const Graph &graph, const onnx::GraphProto &proto,
                                    ArrayRef<Value> results, const std::string &prefix,
                                    OnnxBlock::Replace replace) {
  llvm::StringSet<> weights = namesOfInitializers(proto);
  for (cnn::Constant constant : constantsOf(graph)) {
    std::string name = prefix + constant.getName()->str();
    auto type = cast<RankedTensorType>(constant.getType());
    bool isParameter = weights.contains(*constant.getName()) && type.getRank() > 0;
    constant.removeNameAttr();
    if (constant->use_empty() && !llvm::is_contained(results, constant.getResult()))
      constant.erase();
    else if (isParameter) {
      constant.setName(name);
      FailureOr<ElementsAttr> values = replace(name, type);
      if (failed(values))
        return failure();
      if (*values)
        constant.setValueAttr(*values);
    }
  }
  return success();
}

FailureOr<std::vector<Value>> OnnxBlock::build(OpBuilder &builder, Location call,
                                               ArrayRef<Value> values, const std::string &prefix,
                                               Replace replace) const {
  const onnx::GraphProto &proto = model->graph();
  Location file = FileLineColLoc::get(builder.getContext(), path, 0, 0);
  std::string folder = std::filesystem::path(path).parent_path().string();
  Graph graph{builder, CallSiteLoc::get(file, call),   Weights(model, folder), opset,
              {},      findNeeded(proto, outputNames), /*keepWeights=*/true};
  if (failed(checkOps(graph, proto)) || failed(defineInitializers(graph, proto)) ||
      failed(defineInputs(graph, proto, inputNames, values)) || failed(importNodes(graph, proto)))
    return failure();
  std::vector<Value> results;
  for (const std::string &name : outputNames) {
    Value result = graph.values.lookup(name).tensor;
    if (!result)
      return emitError(graph.location)
             << "output '" << name << "' is known when compiling, which is not supported";
    results.push_back(result);
  }
  if (failed(nameParameters(graph, proto, results, prefix, replace)))
    return failure();
  return results;
}

} // namespace cnnc
