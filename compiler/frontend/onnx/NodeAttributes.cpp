// What a node's attributes say.
#include "compiler/frontend/onnx/Node.h"

using namespace mlir;

namespace cnnc::onnximport {

using onnx::AttributeProto;

const AttributeProto *Node::findAttribute(StringRef name) const {
  for (const AttributeProto &attribute : proto.attribute())
    if (attribute.name() == name)
      return &attribute;
  return nullptr;
}

/// The attribute if it is there and of the type; files of old exporters leave the type out.
const AttributeProto *Node::findTyped(StringRef name, AttributeProto::AttributeType type) {
  const AttributeProto *attribute = findAttribute(name);
  if (!attribute || attribute->type() == type || attribute->type() == AttributeProto::UNDEFINED)
    return attribute;
  error() << "attribute '" << name << "' is of type "
          << AttributeProto::AttributeType_Name(attribute->type()) << " but must be "
          << AttributeProto::AttributeType_Name(type);
  return nullptr;
}

int64_t Node::checkRange(StringRef name, int64_t value) {
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  if (value >= -most && value <= most)
    return value;
  error() << "attribute '" << name << "' has the value " << value
          << ", but must be between -2147483647 and 2147483647";
  return 0;
}

int64_t Node::getInt(StringRef name, int64_t fallback) {
  const AttributeProto *attribute = findTyped(name, AttributeProto::INT);
  return attribute ? checkRange(name, attribute->i()) : fallback;
}

double Node::getFloat(StringRef name, double fallback) {
  const AttributeProto *attribute = findTyped(name, AttributeProto::FLOAT);
  return attribute ? attribute->f() : fallback;
}

std::string Node::getString(StringRef name, StringRef fallback) {
  const AttributeProto *attribute = findTyped(name, AttributeProto::STRING);
  return attribute ? attribute->s() : fallback.str();
}

SmallVector<std::string> Node::getStrings(StringRef name) {
  const AttributeProto *attribute = findTyped(name, AttributeProto::STRINGS);
  if (!attribute)
    return {};
  return SmallVector<std::string>(attribute->strings().begin(), attribute->strings().end());
}

SmallVector<int64_t> Node::getInts(StringRef name, ArrayRef<int64_t> fallback) {
  const AttributeProto *attribute = findTyped(name, AttributeProto::INTS);
  if (!attribute)
    return SmallVector<int64_t>(fallback);
  SmallVector<int64_t> values;
  for (int64_t value : attribute->ints())
    values.push_back(checkRange(name, value));
  return values;
}

SmallVector<int64_t> Node::getLimits(StringRef name) {
  const AttributeProto *attribute = findTyped(name, AttributeProto::INTS);
  if (!attribute)
    return {};
  return SmallVector<int64_t>(attribute->ints().begin(), attribute->ints().end());
}

int64_t Node::normalizeAxis(int64_t axis, int64_t rank) {
  if (axis >= -rank && axis < rank)
    return axis < 0 ? axis + rank : axis;
  error() << "axis is " << axis << " but the tensor has " << rank << " dims";
  return 0;
}

int64_t Node::getAxis(StringRef name, int64_t fallback, int64_t rank) {
  return normalizeAxis(getInt(name, fallback), rank);
}

std::optional<SmallVector<int64_t>> Node::getAxes(int64_t inputSince, size_t input, int64_t rank) {
  bool isInput = opset() >= inputSince;
  if (isInput ? !hasInput(input) : !hasAttribute("axes"))
    return std::nullopt;
  SmallVector<int64_t> axes = isInput ? integers(input) : getInts("axes");
  for (int64_t &axis : axes)
    axis = normalizeAxis(axis, rank);
  llvm::sort(axes);
  if (llvm::adjacent_find(axes) != axes.end() && !failed())
    error() << "an axis is named twice";
  return axes;
}

} // namespace cnnc::onnximport
