// Ops that give the same elements another shape.
#include "compiler/frontend/onnx/OnnxOps.h"

using namespace mlir;

namespace cnnc::onnximport {

/// The size that makes the elements of the other dims those of the input.
static Size remainingSize(Node &node, ArrayRef<Size> input, ArrayRef<Size> others) {
  Size all = product(input, node.context()), rest = product(others, node.context());
  if (std::optional<Size> size = divideEvenly(all, rest))
    return *size;
  node.error() << "the elements of " << cnn::toString(input) << " can not be divided evenly by "
               << cnn::toString(rest) << " to replace the -1";
  return all;
}

SmallVector<Size> resolveShape(Node &node, ArrayRef<Size> input, const SizeTensor &target) {
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  bool zeroIsZero = node.getInt("allowzero", 0);
  SmallVector<Size> sizes, others;
  std::optional<size_t> open;
  for (auto [i, size] : llvm::enumerate(target.values)) {
    std::optional<int64_t> value = cnn::known(size);
    bool isOpen = value == -1, copies = value == 0 && !zeroIsZero;
    if (value &&
        (*value < -1 || *value > most || (isOpen && open) || (copies && i >= input.size()))) {
      node.error() << "the shape " << cnn::toString(target.values) << " does not fit an input "
                   << cnn::toString(input) << ": dim " << i << " is " << *value;
      return {};
    }
    if (isOpen)
      open = i;
    sizes.push_back(copies ? input[i] : size);
    if (!isOpen)
      others.push_back(sizes.back());
  }
  if (open)
    sizes[*open] = remainingSize(node, input, others);
  return sizes;
}

SmallVector<Size> squeezedShape(Node &node, ArrayRef<Size> input) {
  std::optional<SmallVector<int64_t>> axes = node.getAxes(13, 1, input.size());
  SmallVector<Size> sizes;
  for (auto [i, size] : llvm::enumerate(input)) {
    bool isOne = cnn::known(size) == 1;
    bool removed = axes ? llvm::is_contained(*axes, static_cast<int64_t>(i)) : isOne;
    if (removed && !isOne && !node.failed())
      node.error() << "dim " << i << " of " << cnn::toString(input)
                   << " can not be removed: it is not 1";
    if (!removed)
      sizes.push_back(size);
  }
  return sizes;
}

SmallVector<Size> unsqueezedShape(Node &node, ArrayRef<Size> input) {
  bool isInput = node.opset() >= 13;
  size_t added = isInput ? node.integers(1).size() : node.getInts("axes").size();
  std::optional<SmallVector<int64_t>> axes = node.getAxes(13, 1, input.size() + added);
  if (!axes && !node.failed())
    node.error() << "it must say at which axes to insert dims";
  if (node.failed())
    return {};
  SmallVector<Size> sizes(input);
  for (int64_t axis : *axes)
    sizes.insert(sizes.begin() + axis, node.number(1));
  return sizes;
}

void importReshape(Node &node) {
  Value input = node.tensor(0);
  SizeTensor target = node.sizes(1);
  if (node.failed())
    return;
  node.yield(0, node.buildReshape(input, resolveShape(node, cnn::sizesOf(input), target)));
}

void importSqueeze(Node &node) {
  Value input = node.tensor(0);
  if (input)
    node.yield(0, node.buildReshape(input, squeezedShape(node, cnn::sizesOf(input))));
}

void importUnsqueeze(Node &node) {
  Value input = node.tensor(0);
  if (input)
    node.yield(0, node.buildReshape(input, unsqueezedShape(node, cnn::sizesOf(input))));
}

// Unlike other axes, this one may be the rank: then all elements are rows.
void importFlatten(Node &node) {
  Value input = node.tensor(0);
  if (!input)
    return;
  int64_t rank = typeOf(input).getRank(), axis = node.getInt("axis", 1);
  if (axis != rank)
    axis = node.normalizeAxis(axis, rank);
  node.yield(0, node.build<cnn::Flatten>(input, node.intAttr("axis", axis)));
}

} // namespace cnnc::onnximport
