// Constant and ConstantOfShape: numbers that a node holds.
#include "compiler/frontend/onnx/OnnxOps.h"

using namespace mlir;

namespace cnnc::onnximport {

using onnx::AttributeProto;

static void yieldIntegers(Node &node, ArrayRef<int64_t> shape, ArrayRef<int64_t> values) {
  size_t next = 0;
  node.yield(
      0, node.buildSizes(shape, [&](ArrayRef<int64_t>) { return node.number(values[next++]); }));
}

// Each form of the value is an attribute of its own.
void importConstant(Node &node) {
  if (const AttributeProto *value = node.findAttribute("value"))
    return node.yieldInitializer(0, value->t());
  if (const AttributeProto *value = node.findAttribute("value_float"))
    return node.yield(0, node.buildConstant({}, {value->f()}));
  if (const AttributeProto *value = node.findAttribute("value_int"))
    return yieldIntegers(node, {}, value->i());
  if (const AttributeProto *value = node.findAttribute("value_floats"))
    return node.yield(0, node.buildConstant(value->floats_size(),
                                            {value->floats().begin(), value->floats().end()}));
  if (const AttributeProto *value = node.findAttribute("value_ints"))
    return yieldIntegers(node, value->ints_size(),
                         SmallVector<int64_t>(value->ints().begin(), value->ints().end()));
  node.error() << "it must hold a tensor, floats or integers";
}

/// All elements of a constant of this shape, which must be known.
static void yieldFilled(Node &node, ArrayRef<int64_t> shape, float value) {
  constexpr int64_t most = 1 << 24;
  int64_t count = 1;
  for (int64_t size : shape) {
    if (size >= 1 && count <= most / size) {
      count *= size;
      continue;
    }
    node.error() << "a constant of the shape " << shapeToString({shape.begin(), shape.end()})
                 << " must have between 1 and " << most << " elements";
    return;
  }
  node.yield(0, node.buildConstant(shape, std::vector<float>(count, value)));
}

void importConstantOfShape(Node &node) {
  SmallVector<int64_t> shape = node.integers(0);
  const AttributeProto *value = node.findAttribute("value");
  if (node.failed())
    return;
  if (!value)
    return yieldFilled(node, shape, 0);
  Result<FloatTensor> number = node.weights().readFloats(value->t());
  if (!number || number->size != 1) {
    node.error() << "attribute 'value' must be a tensor of one element";
    return;
  }
  if (!isIntegerType(value->t().data_type()))
    return yieldFilled(node, shape, number->data[0]);
  Size element = node.number(static_cast<int64_t>(number->data[0]));
  node.yield(0, node.buildSizes(shape, [&](ArrayRef<int64_t>) { return element; }));
}

} // namespace cnnc::onnximport
