#include "compiler/frontend/onnx/Border.h"

using namespace mlir;

namespace cnnc::onnximport {

Type inputElementType(MLIRContext *context, int32_t dataType) {
  Builder b(context);
  switch (dataType) {
  case onnx::TensorProto::FLOAT:
    return b.getF32Type();
  case onnx::TensorProto::UINT8:
    return b.getIntegerType(8, /*isSigned=*/false);
  case onnx::TensorProto::INT8:
    return b.getI8Type();
  case onnx::TensorProto::INT32:
    return b.getI32Type();
  case onnx::TensorProto::INT64:
    return b.getI64Type();
  default:
    return {};
  }
}

static FailureOr<BorderValue> readInput(Graph &graph, const onnx::ValueInfoProto &proto,
                                        SymbolicSizes &symbols) {
  constexpr int mostDims = 6;
  auto error = [&] { return emitError(graph.location) << "input '" << proto.name() << "' "; };
  if (!proto.type().has_tensor_type() || !proto.type().tensor_type().has_shape())
    return error() << "must be a tensor of a given number of dims";
  const onnx::TypeProto::Tensor &type = proto.type().tensor_type();
  Type elementType = inputElementType(graph.builder.getContext(), type.elem_type());
  if (!elementType)
    return error() << "has the element type " << nameOfType(type.elem_type())
                   << ", but must have FLOAT, UINT8, INT8, INT32 or INT64";
  if (type.shape().dim_size() > mostDims)
    return error() << "has " << type.shape().dim_size() << " dims, but at most " << mostDims
                   << " are supported";
  SmallVector<Size> sizes;
  for (auto [i, dim] : llvm::enumerate(type.shape().dim())) {
    Result<Size> size = symbols.sizeOf(dim, proto.name(), i);
    if (!size)
      return emitError(graph.location) << size.error();
    sizes.push_back(*size);
  }
  BorderValue input;
  input.name = proto.name();
  input.type = cnn::tensorOf(sizes, elementType);
  return input;
}

// Before IR version 4 the weights are among the inputs, and are none.
FailureOr<std::vector<BorderValue>> readInputs(Graph &graph, const onnx::GraphProto &proto,
                                               SymbolicSizes &symbols) {
  std::vector<BorderValue> inputs;
  for (const onnx::ValueInfoProto &info : proto.input()) {
    if (graph.values.count(info.name()))
      continue;
    FailureOr<BorderValue> input = readInput(graph, info, symbols);
    if (failed(input))
      return failure();
    inputs.push_back(*input);
  }
  if (Status status = symbols.checkOptions(); !status)
    return emitError(graph.location) << status.error();
  return inputs;
}

LogicalResult defineInputs(Graph &graph, func::FuncOp network, ArrayRef<BorderValue> inputs) {
  for (auto [input, argument] : llvm::zip(inputs, network.getArguments()))
    if (!graph.values.try_emplace(input.name, NamedValue{argument, std::nullopt, nullptr}).second)
      return emitError(graph.location) << "two inputs are called '" << input.name << "'";
  return success();
}

/// Files say the shapes of their outputs, too. Stale ones are common, and do no harm.
static void warnOfOtherShape(Graph &graph, const onnx::ValueInfoProto &proto,
                             RankedTensorType type) {
  if (!proto.type().tensor_type().has_shape())
    return;
  const onnx::TensorShapeProto &shape = proto.type().tensor_type().shape();
  bool differs = shape.dim_size() != type.getRank();
  for (int i = 0; i < shape.dim_size() && !differs; ++i)
    differs = shape.dim(i).has_dim_value() && !type.isDynamicDim(i) &&
              shape.dim(i).dim_value() != type.getDimSize(i);
  if (!differs)
    return;
  std::string declared;
  for (const auto &dim : shape.dim())
    declared += (declared.empty() ? "" : "x") +
                (dim.has_dim_value() ? std::to_string(dim.dim_value()) : "?");
  emitWarning(graph.location) << "output '" << proto.name() << "' is declared as " << declared
                              << " but is " << cnn::toString(type);
}

static FailureOr<BorderValue> readOutput(Graph &graph, const onnx::ValueInfoProto &proto) {
  auto error = [&] { return emitError(graph.location) << "output '" << proto.name() << "' "; };
  auto it = graph.values.find(proto.name());
  if (it == graph.values.end())
    return error() << "is made by no node";
  if (!it->second.tensor)
    return error() << "is known when compiling, which is not supported";
  warnOfOtherShape(graph, proto, typeOf(it->second.tensor));
  BorderValue output;
  output.name = proto.name();
  output.type = typeOf(it->second.tensor);
  output.value = it->second.tensor;
  return output;
}

FailureOr<std::vector<BorderValue>> readOutputs(Graph &graph, const onnx::GraphProto &proto) {
  std::vector<BorderValue> outputs;
  for (const onnx::ValueInfoProto &info : proto.output()) {
    FailureOr<BorderValue> output = readOutput(graph, info);
    if (failed(output))
      return failure();
    outputs.push_back(*output);
  }
  if (outputs.empty())
    return emitError(graph.location) << "the graph has no outputs";
  return outputs;
}

} // namespace cnnc::onnximport
