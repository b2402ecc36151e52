// Normalisations and softmax.
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

static NamedAttribute epsilonOf(Node &node) {
  return node.floatAttr("epsilon", node.getFloat("epsilon", 1e-5));
}

// A number per channel each.
static bool areVectors(Node &node, ArrayRef<Value> parameters) {
  for (Value parameter : parameters) {
    if (typeOf(parameter).getRank() == 1)
      continue;
    node.error() << "its parameters must have 1 dim, but one has " << typeOf(parameter).getRank();
    return false;
  }
  return true;
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
  if (!areVectors(node, ArrayRef<Value>(operands).drop_front()))
    return;
  // What ONNX calls momentum is the share of what was before.
  double momentum = 1 - node.getFloat("momentum", 0.9);
  node.yield(0, node.build<cnn::BatchNorm>(
                    operands, {epsilonOf(node), node.floatAttr("momentum", momentum)}));
}

void importLayerNormalization(Node &node) {
  SmallVector<Value> operands = {node.floats(0), node.floats(1)};
  if (node.hasInput(2))
    operands.push_back(node.floats(2));
  if (node.failed())
    return;
  if (node.isOutputNeeded(1) || node.isOutputNeeded(2)) {
    node.error() << "only its first output is supported, without mean and deviation";
    return;
  }
  int64_t axis = node.getAxis("axis", -1, typeOf(operands[0]).getRank());
  node.yield(0,
             node.build<cnn::LayerNorm>(operands, {node.intAttr("axis", axis), epsilonOf(node)}));
}

void importInstanceNormalization(Node &node) {
  SmallVector<Value> operands = {node.floats(0), node.floats(1), node.floats(2)};
  if (!node.failed() && areVectors(node, ArrayRef<Value>(operands).drop_front()))
    node.yield(0, node.build<cnn::InstanceNorm>(operands, epsilonOf(node)));
}

// A number per group for each of its channels.
static Value repeatPerChannel(Node &node, Value vector, int64_t channels) {
  Type element = typeOf(vector).getElementType();
  int64_t groups = typeOf(vector).getDimSize(0);
  Value column = node.buildReshape(vector, {node.number(groups), node.number(1)});
  auto matrix = RankedTensorType::get({groups, channels / groups}, element);
  return node.buildReshape(node.build<cnn::Expand>(column, {}, matrix), {node.number(channels)});
}

// Scale and bias are per group before opset 21.
void importGroupNormalization(Node &node) {
  SmallVector<Value> operands = {node.floats(0), node.floats(1), node.floats(2)};
  int64_t groups = node.getInt("num_groups", 0);
  if (node.failed() || !areVectors(node, ArrayRef<Value>(operands).drop_front()))
    return;
  RankedTensorType input = typeOf(operands[0]);
  int64_t channels = input.getRank() < 2 ? 0 : input.getDimSize(1);
  for (size_t i = 1; i < 3 && node.opset() < 21 && groups > 0 && channels % groups == 0; ++i)
    if (typeOf(operands[i]).getDimSize(0) == groups)
      operands[i] = repeatPerChannel(node, operands[i], channels);
  node.yield(
      0, node.build<cnn::GroupNorm>(operands, {node.intAttr("groups", groups), epsilonOf(node)}));
}

void importLRN(Node &node) {
  Value input = node.floats(0);
  node.yield(0, node.build<cnn::LocalResponseNorm>(
                    input, {node.intAttr("size", node.getInt("size", 0)),
                            node.floatAttr("alpha", node.getFloat("alpha", 1e-4)),
                            node.floatAttr("beta", node.getFloat("beta", 0.75)),
                            node.floatAttr("bias", node.getFloat("bias", 1))}));
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
