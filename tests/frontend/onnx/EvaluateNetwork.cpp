#include "tests/frontend/onnx/EvaluateNetwork.h"

#include "compiler/frontend/NetworkFunction.h"
#include "compiler/passes/Describe.h"
#include "compiler/reference/Reference.h"
#include "compiler/support/TensorFile.h"
#include "dialects/cnn/Values.h"

#include <cmath>
#include <limits>
#include <stdexcept>

using namespace mlir;

namespace cnnc {

using Tensor = reference::Tensor<double>;

static Tensor toTensor(cnn::Constant constant) {
  std::vector<float> storage;
  ArrayRef<float> values = cnn::getValues(constant.getValue(), storage);
  ArrayRef<int64_t> shape = cast<RankedTensorType>(constant.getType()).getShape();
  return Tensor(reference::Shape(shape), std::vector<double>(values.begin(), values.end()));
}

static std::vector<int64_t> findSymbols(func::FuncOp network, const NamedTensors &inputs) {
  std::vector<int64_t> symbols(getSizeNames(network).size(), 0);
  for (const BorderValue &input : getInputs(network))
    for (auto [size, actual] : llvm::zip(cnn::sizesOf(input.type), inputs.at(input.name).shape))
      if (auto symbol = dyn_cast<AffineSymbolExpr>(size))
        symbols[symbol.getPosition()] = actual;
  return symbols;
}

static Tensor evaluateOp(Operation &op, const DenseMap<Value, Tensor> &values,
                         const std::vector<int64_t> &symbols) {
  SizeNumbering numbering;
  OpDescription description = describe(&op, numbering);
  std::vector<int64_t> sizes;
  for (cnn::Size size : numbering.symbols())
    sizes.push_back(toSizeExpr(size).evaluate(symbols));
  for (int64_t &dim : description.result.shape)
    dim = dim < 0 ? sizes[static_cast<size_t>(-1 - dim)] : dim;
  reference::Operands<double> operands;
  for (Value operand : op.getOperands())
    operands.push_back(&values.find(operand)->second);
  Tensor result = reference::evaluate<double>(description, operands);
  if (result.shape != description.result.shape)
    throw std::runtime_error("the type of " + description.name + " promises another shape");
  return result;
}

NamedTensors evaluateNetwork(ModuleOp module, const NamedTensors &inputs) {
  func::FuncOp network = getNetwork(module);
  std::vector<int64_t> symbols = findSymbols(network, inputs);
  DenseMap<Value, Tensor> values;
  for (const BorderValue &input : getInputs(network))
    values[input.value] = inputs.at(input.name);
  for (Operation &op : network.getBody().front().without_terminator()) {
    if (auto constant = dyn_cast<cnn::Constant>(op))
      values[constant] = toTensor(constant);
    else if (isa<cnn::Dropout>(op)) // the identity, which has no reference
      values[op.getResult(0)] = Tensor(values[op.getOperand(0)]);
    else
      values[op.getResult(0)] = evaluateOp(op, values, symbols);
  }
  NamedTensors outputs;
  for (const BorderValue &output : getOutputs(network))
    outputs[output.name] = values[output.value];
  return outputs;
}

NamedTensors readTensors(const std::string &path, const std::string &prefix) {
  NamedTensors tensors;
  Result<TensorFile> file = TensorFile::open(path);
  if (!file)
    throw std::runtime_error(file.error());
  for (const std::string &name : file->names()) {
    if (name.compare(0, prefix.size(), prefix) != 0)
      continue;
    Result<FloatTensor> tensor = file->readFloats(name);
    if (!tensor)
      throw std::runtime_error(tensor.error());
    tensors[name.substr(prefix.size())] =
        Tensor(tensor->shape, std::vector<double>(tensor->data, tensor->data + tensor->size));
  }
  return tensors;
}

double relativeError(const Tensor &actual, const Tensor &expected) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (actual.shape != expected.shape)
    return infinity;
  double largest = 0, difference = 0;
  for (size_t i = 0; i < expected.values.size(); ++i) {
    largest = std::max(largest, std::abs(expected.values[i]));
    double d = std::abs(actual.values[i] - expected.values[i]);
    difference = std::isnan(d) ? infinity : std::max(difference, d);
  }
  return largest == 0 ? difference : difference / largest;
}

} // namespace cnnc
