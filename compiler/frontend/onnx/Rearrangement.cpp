// Transpose, Concat, DepthToSpace and Pad.
#include "compiler/frontend/onnx/OnnxOps.h"

using namespace mlir;

namespace cnnc::onnximport {

void importTranspose(Node &node) {
  Value input = node.tensor(0);
  if (!input)
    return;
  SmallVector<int64_t> reversed = llvm::to_vector(llvm::seq<int64_t>(0, typeOf(input).getRank()));
  std::reverse(reversed.begin(), reversed.end());
  SmallVector<int64_t> permutation = node.getInts("perm", reversed);
  node.yield(0, node.build<cnn::Transpose>(input, node.intsAttr("permutation", permutation)));
}

void importConcat(Node &node) {
  SmallVector<Value> operands;
  for (size_t i = 0; i < std::max<size_t>(node.numInputs(), 1); ++i)
    operands.push_back(node.tensor(i));
  if (node.failed())
    return;
  for (Value operand : operands) {
    if (typeOf(operand).getElementType() == typeOf(operands[0]).getElementType())
      continue;
    node.error() << "its inputs have element types " << typeOf(operands[0]).getElementType()
                 << " and " << typeOf(operand).getElementType() << ", but must have one";
    return;
  }
  int64_t axis = node.getAxis("axis", 1, typeOf(operands[0]).getRank());
  node.yield(0, node.build<cnn::Concat>(operands, node.intAttr("axis", axis)));
}

// In mode DCR the places in a block are the slower part of the channel's number, in CRD the faster.
void importDepthToSpace(Node &node) {
  Value input = node.floats(0);
  int64_t block = node.getInt("blocksize", 0);
  std::string mode = node.getString("mode", "DCR");
  if (node.failed())
    return;
  std::optional<int64_t> channels =
      typeOf(input).getRank() == 4 ? cnn::known(cnn::sizesOf(input)[1]) : std::optional<int64_t>();
  if (!channels || block < 1 || *channels % (block * block) != 0) {
    node.error() << "its input " << cnn::toString(typeOf(input))
                 << " must have 4 dims, and a number "
                 << "of channels that " << block << " x " << block << " divides";
    return;
  }
  if (mode != "DCR" && mode != "CRD") {
    node.error() << "mode must be DCR or CRD but is '" << mode << "'";
    return;
  }
  int64_t groups = mode == "CRD" ? *channels / (block * block) : 1;
  node.yield(0, node.build<cnn::DepthToSpace>(input, {node.intsAttr("blocks", {block, block}),
                                                      node.intsAttr("crops", {}),
                                                      node.intAttr("groups", groups)}));
}

/// All begins, then all ends of a Pad: for each dim of the input.
static SmallVector<int64_t> readPads(Node &node, int64_t rank) {
  SmallVector<int64_t> pads = node.opset() < 11 ? node.getInts("pads") : node.integers(1);
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (node.opset() >= 18 && node.hasInput(3))
    axes = node.integers(3);
  if (node.failed())
    return {};
  if (pads.size() != 2 * axes.size()) {
    node.error() << "it has " << pads.size() << " pads but " << axes.size() << " axes call for "
                 << 2 * axes.size();
    return {};
  }
  SmallVector<int64_t> all(2 * rank, 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    int64_t axis = node.normalizeAxis(axes[i], rank);
    all[axis] = pads[i];
    all[axis + rank] = pads[i + axes.size()];
  }
  return all;
}

/// The input without what negative pads cut off; they become 0.
static Value cropNegative(Node &node, Value input, MutableArrayRef<int64_t> pads) {
  size_t rank = pads.size() / 2;
  std::vector<SliceRange> ranges;
  for (size_t i = 0; i < rank; ++i) {
    int64_t begin = std::min<int64_t>(pads[i], 0), end = std::min<int64_t>(pads[i + rank], 0);
    if (begin == 0 && end == 0)
      continue;
    std::optional<int64_t> size = cnn::known(cnn::sizesOf(input)[i]);
    if (end < 0 && !size) {
      node.error() << "dim " << i << " has a size known only at run time, but pads cut " << -end
                   << " elements off its end: fix the size";
      return {};
    }
    int64_t stop = end < 0 ? *size + end : std::numeric_limits<int64_t>::max();
    ranges.push_back({static_cast<int64_t>(i), -begin, stop, 1});
    pads[i] -= begin;
    pads[i + rank] -= end;
  }
  return ranges.empty() ? input : buildSlice(node, input, ranges);
}

static double padValue(Node &node) {
  if (node.opset() < 11)
    return node.getFloat("value", 0);
  if (!node.hasInput(2))
    return 0;
  std::optional<FloatTensor> value = node.constant(2);
  if (value && value->size == 1)
    return value->data[0];
  if (!node.failed())
    node.error() << "the value to pad with must be one number that is known when compiling";
  return 0;
}

void importPad(Node &node) {
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  Value input = node.floats(0);
  if (!input)
    return;
  SmallVector<int64_t> pads = readPads(node, typeOf(input).getRank());
  for (int64_t pad : pads)
    if (pad < -most || pad > most)
      node.error() << "a pad of " << pad << " elements is too large";
  if (node.failed())
    return;
  input = cropNegative(node, input, pads);
  if (llvm::all_of(pads, [](int64_t pad) { return pad == 0; }))
    return node.yield(0, input);
  std::string mode = node.getString("mode", "constant");
  node.yield(
      0, node.build<cnn::Pad>(input, {node.intsAttr("pads", pads), node.stringAttr("mode", mode),
                                      node.floatAttr("value", padValue(node))}));
}

} // namespace cnnc::onnximport
