#include "tests/frontend/onnx/OnnxModel.h"

#include "compiler/frontend/Diagnostics.h"

#include "llvm/ADT/StringExtras.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>

namespace cnnc {

using onnx::AttributeProto;

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "onnx-test-XXXXXX").string();
  path = mkdtemp(pattern.data());
}

TemporaryFolder::~TemporaryFolder() { std::filesystem::remove_all(path); }

ReadResult readFile(const std::string &path, const ReadOptions &options) {
  ReadResult result;
  result.context = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
  llvm::raw_string_ostream stream(result.messages);
  DiagnosticPrinter printer(result.context.get(), stream);
  result.module = readOnnx(*result.context, path, options);
  const std::string place = path + ": ";
  for (size_t at; (at = result.messages.find(place)) != std::string::npos;)
    result.messages.erase(at, place.size());
  return result;
}

OnnxModel::OnnxModel() {
  proto.set_ir_version(8);
  proto.add_opset_import()->set_version(17);
  addInput("x", {"1", "2", "5", "5"});
  addWeight("w", {3, 2, 3, 3});
  setNode("Conv", {"x", "w"}).set_name("conv");
  graph().add_output()->set_name("y");
}

onnx::TensorShapeProto &OnnxModel::inputShape() {
  return *graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
}

void OnnxModel::addInput(const std::string &name, const std::vector<std::string> &dims) {
  onnx::ValueInfoProto &input = *graph().add_input();
  input.set_name(name);
  onnx::TypeProto::Tensor &type = *input.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  type.mutable_shape();
  for (const std::string &dim : dims) {
    onnx::TensorShapeProto::Dimension &size = *type.mutable_shape()->add_dim();
    bool isNumber = !dim.empty() && llvm::all_of(dim, llvm::isDigit);
    if (isNumber)
      size.set_dim_value(std::stoll(dim));
    else if (!dim.empty())
      size.set_dim_param(dim);
  }
}

void OnnxModel::addWeight(const std::string &name, const std::vector<int64_t> &dims) {
  onnx::TensorProto &tensor = *graph().add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  for (int64_t dim : dims)
    tensor.add_dims(dim);
  int64_t size = std::accumulate(dims.begin(), dims.end(), int64_t(1), std::multiplies<int64_t>());
  std::vector<float> values(size, 0.5f);
  tensor.set_raw_data(values.data(), size * sizeof(float));
}

void OnnxModel::addIntegers(const std::string &name, const std::vector<int64_t> &values) {
  onnx::TensorProto &tensor = *graph().add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::INT64);
  tensor.add_dims(values.size());
  tensor.mutable_int64_data()->Add(values.begin(), values.end());
}

onnx::NodeProto &OnnxModel::addNode(const std::string &op, const std::vector<std::string> &inputs,
                                    const std::string &output) {
  onnx::NodeProto &node = *graph().add_node();
  node.set_op_type(op);
  node.set_name("n" + std::to_string(graph().node_size()));
  for (const std::string &input : inputs)
    node.add_input(input);
  node.add_output(output);
  return node;
}

onnx::NodeProto &OnnxModel::setNode(const std::string &op, const std::vector<std::string> &inputs) {
  graph().clear_node();
  return addNode(op, inputs, "y");
}

ReadResult OnnxModel::read(const ReadOptions &options) const {
  TemporaryFolder folder;
  std::string path = folder.path + "/model.onnx";
  std::ofstream stream(path, std::ios::binary);
  proto.SerializeToOstream(&stream);
  stream.close();
  return readFile(path, options);
}

static AttributeProto &addAttribute(onnx::NodeProto &node, const std::string &name,
                                    AttributeProto::AttributeType type) {
  AttributeProto &attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

void setInts(onnx::NodeProto &node, const std::string &name, const std::vector<int64_t> &values) {
  AttributeProto &attribute = addAttribute(node, name, AttributeProto::INTS);
  attribute.mutable_ints()->Add(values.begin(), values.end());
}

void setInt(onnx::NodeProto &node, const std::string &name, int64_t value) {
  addAttribute(node, name, AttributeProto::INT).set_i(value);
}

void setFloat(onnx::NodeProto &node, const std::string &name, float value) {
  addAttribute(node, name, AttributeProto::FLOAT).set_f(value);
}

void setStrings(onnx::NodeProto &node, const std::string &name,
                const std::vector<std::string> &values) {
  AttributeProto &attribute = addAttribute(node, name, AttributeProto::STRINGS);
  for (const std::string &value : values)
    attribute.add_strings(value);
}

void setString(onnx::NodeProto &node, const std::string &name, const std::string &value) {
  addAttribute(node, name, AttributeProto::STRING).set_s(value);
}

} // namespace cnnc
