// The elementwise ops that are more than a row of the table.
#include "compiler/frontend/onnx/OnnxOps.h"

using namespace mlir;

namespace cnnc::onnximport {

/// A bound of Clip if it is one number known when compiling.
static std::optional<double> knownBound(Node &node, size_t i) {
  std::optional<FloatTensor> value = node.constant(i);
  if (!value || value->size != 1)
    return std::nullopt;
  return value->data[0];
}

static Value buildClip(Node &node, Value input, double min, double max) {
  if (min == 0 && max >= std::numeric_limits<float>::max())
    return node.build<cnn::Relu>(input);
  return node.build<cnn::Clip>(input, {node.floatAttr("min", min), node.floatAttr("max", max)});
}

// The bounds are attributes before opset 11, then inputs, each of which may be missing.
void importClip(Node &node) {
  constexpr double lowest = std::numeric_limits<float>::lowest(),
                   highest = std::numeric_limits<float>::max();
  Value input = node.floats(0);
  if (node.opset() < 11)
    return node.yield(
        0, buildClip(node, input, node.getFloat("min", lowest), node.getFloat("max", highest)));
  std::optional<double> min = lowest, max = highest;
  if (node.hasInput(1))
    min = knownBound(node, 1);
  if (node.hasInput(2))
    max = knownBound(node, 2);
  if (min && max)
    return node.yield(0, buildClip(node, input, *min, *max));
  if (node.hasInput(1))
    input = node.build<cnn::Maximum>({input, node.floats(1)});
  if (node.hasInput(2))
    input = node.build<cnn::Minimum>({input, node.floats(2)});
  node.yield(0, input);
}

Value toFloats(Node &node, size_t i) {
  SizeTensor sizes = node.sizes(i);
  SmallVector<int64_t> numbers = node.integers(i);
  return node.buildConstant(sizes.shape, std::vector<float>(numbers.begin(), numbers.end()));
}

// The exponent alone may be of another type than the result.
void importPow(Node &node) {
  Value base = node.floats(0), exponent = node.isSizes(1) ? toFloats(node, 1) : node.floats(1);
  node.yield(0, node.build<cnn::Pow>({base, exponent}));
}

/// The element type for a type of ONNX, or null.
static Type elementTypeOf(Node &node, int32_t dataType) {
  Builder &b = node.builder();
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
  case onnx::TensorProto::BOOL:
    return b.getI1Type();
  default:
    return {};
  }
}

/// A constant of floats whose fractions a cast to integers drops: numbers for shape arithmetic.
static void yieldTruncated(Node &node, const FloatTensor &values) {
  constexpr float most = 1e9f;
  for (int64_t i = 0; i < values.size; ++i) {
    if (std::abs(values.data[i]) <= most)
      continue;
    node.error() << "the constant " << values.data[i] << " is too large for an integer";
    return;
  }
  size_t next = 0;
  node.yield(0, node.buildSizes(values.shape, [&](ArrayRef<int64_t>) {
    return node.number(static_cast<int64_t>(values.data[next++]));
  }));
}

void importCast(Node &node) {
  Value input = node.tensor(0);
  int32_t to = node.getInt("to", 0);
  if (node.failed())
    return;
  bool isInteger = isIntegerType(to) && to != onnx::TensorProto::BOOL;
  if (typeOf(input).getElementType().isF32() && isInteger)
    if (std::optional<FloatTensor> values = node.constant(0);
        values && values->size <= maxSizeTensorElements)
      return yieldTruncated(node, *values);
  Type type = elementTypeOf(node, to);
  if (!type) {
    node.error() << "a cast to " << nameOfType(to) << " is not supported";
    return;
  }
  if (type == typeOf(input).getElementType())
    return node.yield(0, input);
  node.yield(0, node.build<cnn::Cast>(input, {}, cnn::tensorOf(cnn::sizesOf(input), type)));
}

// A cast between integers changes nothing: sizes fit all of them.
void computeCast(Node &node) {
  int32_t to = node.getInt("to", 0);
  if (node.failed())
    return;
  if (to == onnx::TensorProto::FLOAT || to == onnx::TensorProto::DOUBLE ||
      to == onnx::TensorProto::FLOAT16)
    return node.yield(0, toFloats(node, 0));
  if (to != onnx::TensorProto::BOOL && isIntegerType(to))
    return node.yield(0, node.sizes(0));
  node.error() << "a cast of integers to " << nameOfType(to) << " is not supported";
}

void importIdentity(Node &node) {
  if (node.isSizes(0))
    return node.yield(0, node.sizes(0));
  node.yield(0, node.tensor(0));
}

// The ratio is an attribute before opset 12, then an input; a third input asks for training.
void importDropout(Node &node) {
  double ratio = 0.5;
  if (node.opset() < 12)
    ratio = node.getFloat("ratio", ratio);
  else if (std::optional<FloatTensor> value = node.hasInput(1) ? node.constant(1) : std::nullopt)
    ratio = value->data[0];
  bool isTraining = node.hasInput(2) && node.integers(2) != SmallVector<int64_t>{0};
  if (!node.failed() && (isTraining || node.isOutputNeeded(1))) {
    node.error() << "only the form for inference is supported, without a mask";
    return;
  }
  node.yield(0, node.build<cnn::Dropout>(node.floats(0), node.floatAttr("ratio", ratio)));
}

} // namespace cnnc::onnximport
