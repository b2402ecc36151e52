// Batch normalisation and softmax.
#include "compiler/frontend/onnx/OnnxOps.h"

using namespace mlir;

namespace cnnc::onnximport {

// Training is an attribute since opset 14; before it, further outputs ask for it.
static bool isTraining(Node &node) {
  if (node.getInt("training_mode", 0))
    return true;
  for (size_t i = 1; i < 5; ++i)
    if (node.isOutputNeeded(i))
      return true;
  return false;
}

void importBatchNormalization(Node &node) {
  SmallVector<Value> operands;
  for (size_t i = 0; i < 5; ++i)
    operands.push_back(node.floats(i));
  if (node.failed())
    return;
  if (isTraining(node)) {
    node.error() << "only the form for inference is supported, with one output";
    return;
  }
  if (!node.getInt("spatial", 1)) {
    node.error() << "statistics per element (spatial = 0) are not supported, only per channel";
    return;
  }
  for (Value parameter : ArrayRef<Value>(operands).drop_front()) {
    if (typeOf(parameter).getRank() == 1)
      continue;
    node.error() << "its parameters must have 1 dim, but one has " << typeOf(parameter).getRank();
    return;
  }
  double epsilon = node.getFloat("epsilon", 1e-5);
  node.yield(0, node.build<cnn::BatchNorm>(operands, node.floatAttr("epsilon", epsilon)));
}

static Value buildSoftmax(Node &node, Value input, int64_t axis) {
  return node.build<cnn::Softmax>(input, node.intAttr("axis", axis));
}

// Before opset 13 the input counts as a matrix: the dims before the axis are rows, and softmax is
// over all others together.
static Value buildFlatSoftmax(Node &node, Value input, int64_t axis) {
  SmallVector<Size> sizes = cnn::sizesOf(input);
  ArrayRef<Size> all = sizes;
  Size rows = product(all.take_front(axis), node.context()),
       columns = product(all.drop_front(axis), node.context());
  Value matrix = node.buildReshape(input, {rows, columns});
  return node.buildReshape(buildSoftmax(node, matrix, 1), sizes);
}

void importSoftmax(Node &node) {
  Value input = node.floats(0);
  if (node.failed())
    return;
  int64_t rank = typeOf(input).getRank();
  bool isFlat = node.opset() < 13;
  int64_t axis = node.getAxis("axis", isFlat ? 1 : -1, rank);
  if (isFlat && axis != rank - 1)
    return node.yield(0, buildFlatSoftmax(node, input, axis));
  node.yield(0, buildSoftmax(node, input, axis));
}

} // namespace cnnc::onnximport
