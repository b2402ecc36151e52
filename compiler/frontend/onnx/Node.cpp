// A node's operands and results by name, and its errors.
#include "compiler/frontend/onnx/Node.h"
#include "dialects/cnn/Values.h"

using namespace mlir;

namespace cnnc::onnximport {

std::string describe(const onnx::NodeProto &node, int index) {
  std::string name = node.name().empty() ? "#" + std::to_string(index) : "'" + node.name() + "'";
  return "node " + name + " (" + node.op_type() + ")";
}

static Location locationOf(const onnx::NodeProto &node, int index, Location file) {
  std::string name =
      node.name().empty() ? node.op_type() + "_" + std::to_string(index) : node.name();
  return NameLoc::get(StringAttr::get(file.getContext(), name), file);
}

Node::Node(Graph &graph, const onnx::NodeProto &proto, int index)
    : graph(graph), proto(proto), index(index), location(locationOf(proto, index, graph.location)) {
}

InFlightDiagnostic Node::error() {
  hasFailed = true;
  return emitError(location) << describe(proto, index) << ": ";
}

NamedValue *Node::find(size_t i) {
  if (failed())
    return nullptr;
  if (!hasInput(i)) {
    error() << "input " << i << " is missing";
    return nullptr;
  }
  auto it = graph.values.find(inputName(i));
  if (it != graph.values.end())
    return &it->second;
  error() << "input '" << inputName(i)
          << "' is no input or weight of the graph, nor made by an earlier node";
  return nullptr;
}

bool Node::isSizes(size_t i) const {
  if (!hasInput(i))
    return false;
  auto it = graph.values.find(inputName(i));
  if (it == graph.values.end())
    return false;
  const NamedValue &value = it->second;
  return value.sizes || (value.initializer && isIntegerType(value.initializer->data_type()));
}

bool Node::allInputsAreSizes() const {
  size_t present = 0;
  for (size_t i = 0; i < numInputs(); ++i) {
    if (hasInput(i) && !isSizes(i))
      return false;
    present += hasInput(i);
  }
  return present > 0;
}

Value Node::tensor(size_t i) {
  NamedValue *value = find(i);
  if (!value)
    return {};
  if (isSizes(i)) {
    error() << "input '" << inputName(i)
            << "' holds integers known when compiling, but a tensor of floats is called for";
    return {};
  }
  if (value->tensor)
    return value->tensor;
  Result<FloatTensor> numbers = graph.weights.readFloats(*value->initializer);
  if (!numbers) {
    error() << "weight '" << inputName(i) << "': " << numbers.error();
    return {};
  }
  return value->tensor = buildConstant(*numbers, inputName(i));
}

Value Node::findTensor(StringRef name) const { return graph.values.lookup(name).tensor; }

Value Node::floats(size_t i) {
  Value value = tensor(i);
  if (!value || isa<FloatType>(typeOf(value).getElementType()))
    return value;
  error() << "input '" << inputName(i) << "' has element type " << typeOf(value).getElementType()
          << ", but floats are called for";
  return {};
}

SizeTensor Node::sizes(size_t i) {
  NamedValue *value = find(i);
  if (!value)
    return {};
  if (value->sizes)
    return *value->sizes;
  if (!isSizes(i)) {
    error() << "input '" << inputName(i) << "' must be integers that are known when compiling";
    return {};
  }
  Result<IntegerTensor> integers = graph.weights.readIntegers(*value->initializer);
  if (!integers) {
    error() << "weight '" << inputName(i) << "': " << integers.error();
    return {};
  }
  size_t next = 0;
  SizeTensor sizes = buildSizes(
      integers->shape, [&](ArrayRef<int64_t>) { return number(integers->values[next++]); });
  if (!failed())
    value->sizes = sizes;
  return sizes;
}

SmallVector<int64_t> Node::integers(size_t i) {
  SizeTensor tensor = sizes(i);
  if (std::optional<SmallVector<int64_t>> numbers = known(tensor))
    return *numbers;
  error() << "input '" << inputName(i) << "' depends on a size known only at run time ("
          << cnn::toString(tensor.values) << "): fix the size";
  return {};
}

std::optional<FloatTensor> Node::constant(size_t i) {
  Value value = floats(i);
  auto op = value ? value.getDefiningOp<cnn::Constant>() : cnn::Constant();
  if (!op)
    return std::nullopt;
  auto storage = std::make_shared<std::vector<float>>();
  ArrayRef<float> numbers = cnn::getValues(op.getValue(), *storage);
  ArrayRef<int64_t> shape = typeOf(value).getShape();
  return FloatTensor{
      {shape.begin(), shape.end()}, numbers.data(), static_cast<int64_t>(numbers.size()), storage};
}

void Node::define(size_t i, NamedValue value) {
  if (failed() || static_cast<int>(i) >= proto.output_size() || proto.output(i).empty())
    return;
  if (!graph.values.try_emplace(proto.output(i), value).second)
    error() << "its output '" << proto.output(i) << "' has the name of another value";
}

void Node::yield(size_t i, Value value) {
  assert((value || failed()) && "a result or an error");
  define(i, {value, std::nullopt, nullptr});
}

void Node::yield(size_t i, SizeTensor sizes) { define(i, {{}, std::move(sizes), nullptr}); }

void Node::yieldInitializer(size_t i, const onnx::TensorProto &tensor) {
  define(i, {{}, std::nullopt, &tensor});
}

bool Node::isOutputNeeded(size_t i) const {
  return static_cast<int>(i) < proto.output_size() && !proto.output(i).empty() &&
         graph.neededNames.contains(proto.output(i));
}

} // namespace cnnc::onnximport
