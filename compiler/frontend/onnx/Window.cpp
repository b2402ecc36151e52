// Convolution and pooling.
#include "compiler/frontend/onnx/OnnxOps.h"

#include <array>

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

/// Input, filter and bias of a convolution; none where the filter does not have the stated kernel.
static SmallVector<Value> readConvOperands(Node &node) {
  SmallVector<Value> operands = {node.floats(0), node.floats(1)};
  if (node.hasInput(2))
    operands.push_back(node.floats(2));
  if (node.failed())
    return {};
  ArrayRef<int64_t> filter = typeOf(operands[1]).getShape();
  if (filter.size() < 3) {
    node.error() << "the filter must have at least 3 dims but has " << filter.size();
    return {};
  }
  ArrayRef<int64_t> kernel = filter.drop_front(2);
  SmallVector<int64_t> stated = node.getInts("kernel_shape", kernel);
  if (ArrayRef<int64_t>(stated) != kernel && !node.failed())
    node.error() << "kernel_shape is " << shapeToString({stated.begin(), stated.end()})
                 << " but the filter's is " << shapeToString({kernel.begin(), kernel.end()});
  return node.failed() ? SmallVector<Value>() : operands;
}

static size_t spatialDims(Value filter) { return typeOf(filter).getRank() - 2; }

void importConv(Node &node) {
  SmallVector<Value> operands = readConvOperands(node);
  if (node.failed())
    return;
  Attributes attributes = windowAttributes(node, spatialDims(operands[1]));
  attributes.push_back(node.intAttr("groups", node.getInt("group", 1)));
  node.yield(0, node.build<cnn::Conv>(operands, attributes));
}

/// The pads that leave `wanted` elements of a transposed convolution, and what it must be longer by
/// where there are fewer: begin, end, longer.
static std::array<int64_t, 3> padsToSize(int64_t wanted, int64_t whole, bool oddAtEnd) {
  int64_t total = std::max<int64_t>(whole - wanted, 0), less = total / 2;
  return {oddAtEnd ? less : total - less, oddAtEnd ? total - less : less,
          std::max<int64_t>(wanted - whole, 0)};
}

/// Replaces the padding of a ConvTranspose that states the sizes of its result.
static void padToOutputShape(Node &node, ArrayRef<Value> operands, Attributes &attributes,
                             SmallVector<int64_t> &outputPadding) {
  size_t spatial = spatialDims(operands[1]);
  SmallVector<int64_t> wanted = node.getInts("output_shape"), ones(spatial, 1), pads(2 * spatial);
  SmallVector<int64_t> strides = node.getInts("strides", ones),
                       dilations = node.getInts("dilations", ones);
  // Some exporters state batch and channels, too.
  if (wanted.size() == spatial + 2)
    wanted.erase(wanted.begin(), wanted.begin() + 2);
  if (wanted.size() != spatial || strides.size() != spatial || dilations.size() != spatial ||
      outputPadding.size() != spatial) {
    node.error() << "output_shape has " << wanted.size() << " entries but there are " << spatial
                 << " spatial dims";
    return;
  }
  bool oddAtEnd = node.getString("auto_pad", "NOTSET") == "SAME_UPPER";
  for (size_t i = 0; i < spatial; ++i) {
    std::optional<int64_t> size = cnn::known(cnn::sizesOf(operands[0])[i + 2]);
    if (!size) {
      node.error() << "output_shape is given, but dim " << i + 2
                   << " of the input has a size known only at run time: fix the size";
      return;
    }
    int64_t kernel = (typeOf(operands[1]).getDimSize(i + 2) - 1) * dilations[i] + 1;
    auto [begin, end, longer] =
        padsToSize(wanted[i], strides[i] * (*size - 1) + kernel + outputPadding[i], oddAtEnd);
    pads[i] = begin;
    pads[i + spatial] = end;
    outputPadding[i] += longer;
  }
  attributes = {node.intsAttr("strides", strides), node.intsAttr("dilations", dilations),
                node.intsAttr("pads", pads), node.stringAttr("auto_pad", "explicit")};
}

void importConvTranspose(Node &node) {
  SmallVector<Value> operands = readConvOperands(node);
  if (node.failed())
    return;
  size_t spatial = spatialDims(operands[1]);
  Attributes attributes = windowAttributes(node, spatial);
  SmallVector<int64_t> outputPadding =
      node.getInts("output_padding", SmallVector<int64_t>(spatial, 0));
  bool ranksAgree = typeOf(operands[0]).getRank() == typeOf(operands[1]).getRank();
  if (node.hasAttribute("output_shape") && ranksAgree)
    padToOutputShape(node, operands, attributes, outputPadding);
  attributes.push_back(node.intsAttr("output_padding", outputPadding));
  attributes.push_back(node.intAttr("groups", node.getInt("group", 1)));
  node.yield(0, node.build<cnn::ConvTranspose>(operands, attributes));
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
