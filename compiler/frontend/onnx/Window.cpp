// Convolution and pooling.
#include "compiler/frontend/onnx/OnnxOps.h"

using namespace mlir;

namespace cnnc::onnximport {

using Attributes = SmallVector<NamedAttribute>;

/// The padding: `auto_pad` with SAME_UPPER (same), SAME_LOWER (same_lower) or VALID, else `pads`.
static void addPadding(Attributes &attributes, Node &node, size_t spatialDims) {
  std::string autoPad = node.getString("auto_pad", "NOTSET");
  SmallVector<int64_t> pads(2 * spatialDims, 0);
  StringRef mode = autoPad == "SAME_UPPER"   ? "same"
                   : autoPad == "SAME_LOWER" ? "same_lower"
                                             : "explicit";
  if (autoPad == "NOTSET")
    pads = node.getInts("pads", pads);
  else if (mode == "explicit" && autoPad != "VALID")
    node.error() << "auto_pad must be NOTSET, SAME_UPPER, SAME_LOWER or VALID but is '" << autoPad
                 << "'";
  attributes.push_back(node.intsAttr("pads", pads));
  attributes.push_back(node.stringAttr("auto_pad", mode));
}

/// What all window ops have: strides, dilations and padding.
static Attributes windowAttributes(Node &node, size_t spatialDims) {
  Attributes attributes;
  SmallVector<int64_t> ones(spatialDims, 1);
  attributes.push_back(node.intsAttr("strides", node.getInts("strides", ones)));
  attributes.push_back(node.intsAttr("dilations", node.getInts("dilations", ones)));
  addPadding(attributes, node, spatialDims);
  return attributes;
}

void importConv(Node &node) {
  SmallVector<Value> operands = {node.floats(0), node.floats(1)};
  if (node.hasInput(2))
    operands.push_back(node.floats(2));
  if (node.failed())
    return;
  ArrayRef<int64_t> filter = typeOf(operands[1]).getShape();
  if (filter.size() < 3) {
    node.error() << "the filter must have at least 3 dims but has " << filter.size();
    return;
  }
  ArrayRef<int64_t> kernel = filter.drop_front(2);
  SmallVector<int64_t> stated = node.getInts("kernel_shape", kernel);
  if (ArrayRef<int64_t>(stated) != kernel && !node.failed()) {
    node.error() << "kernel_shape is " << shapeToString({stated.begin(), stated.end()})
                 << " but the filter's is " << shapeToString({kernel.begin(), kernel.end()});
    return;
  }
  Attributes attributes = windowAttributes(node, kernel.size());
  attributes.push_back(node.intAttr("groups", node.getInt("group", 1)));
  node.yield(0, node.build<cnn::Conv>(operands, attributes));
}

static Attributes poolAttributes(Node &node) {
  SmallVector<int64_t> kernel = node.getInts("kernel_shape");
  Attributes attributes = windowAttributes(node, kernel.size());
  bool ceilMode = node.getInt("ceil_mode", 0) && node.getString("auto_pad", "NOTSET") == "NOTSET";
  attributes.push_back(node.intsAttr("kernel_shape", kernel));
  attributes.push_back(node.boolAttr("ceil_mode", ceilMode));
  return attributes;
}

void importMaxPool(Node &node) {
  if (node.isOutputNeeded(1)) {
    node.error() << "the places of the maxima (its second output) are not supported";
    return;
  }
  node.yield(0, node.build<cnn::MaxPool>(node.floats(0), poolAttributes(node)));
}

void importAveragePool(Node &node) {
  Attributes attributes = poolAttributes(node);
  bool countPadding = node.getInt("count_include_pad", 0);
  attributes.push_back(node.boolAttr("count_include_pad", countPadding));
  node.yield(0, node.build<cnn::AvgPool>(node.floats(0), attributes));
}

} // namespace cnnc::onnximport
