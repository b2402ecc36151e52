// Shape, and ops that move integers that are known when compiling (SizeTensor.h).
#include "compiler/frontend/onnx/OnnxOps.h"

using namespace mlir;

namespace cnnc::onnximport {

/// The sizes of an operand of either kind.
static SmallVector<Size> shapeOf(Node &node, size_t i) {
  SmallVector<Size> sizes;
  if (node.isSizes(i)) {
    for (int64_t size : node.sizes(i).shape)
      sizes.push_back(node.number(size));
  } else if (Value value = node.tensor(i)) {
    sizes = cnn::sizesOf(value);
  }
  return sizes;
}

static void yieldList(Node &node, ArrayRef<Size> sizes) {
  node.yield(0, SizeTensor{{static_cast<int64_t>(sizes.size())}, sizes.vec()});
}

// `start` and `end` select some of the dims, since opset 15.
void computeShape(Node &node) {
  SmallVector<Size> sizes = shapeOf(node, 0);
  int64_t rank = sizes.size();
  SliceRange dims{0, node.getInt("start", 0), node.getInt("end", rank), 1};
  dims = dims.clampedTo(rank);
  yieldList(node, ArrayRef<Size>(sizes).slice(dims.start, dims.count()));
}

void computeSize(Node &node) {
  node.yield(0, SizeTensor{{}, {product(shapeOf(node, 0), node.context())}});
}

/// The same elements under another shape, whose sizes are known: those of integers always are.
static void yieldReshaped(Node &node, SizeTensor tensor, ArrayRef<Size> sizes) {
  if (node.failed())
    return;
  int64_t elements = 1;
  tensor.shape.clear();
  for (Size size : sizes) {
    tensor.shape.push_back(cnn::known(size).value_or(-1));
    elements = tensor.shape.back() < 0 ? -1 : elements * tensor.shape.back();
  }
  if (countElements(tensor.shape) == static_cast<int64_t>(tensor.values.size()))
    return node.yield(0, tensor);
  node.error() << tensor.values.size() << " integers do not fit the shape " << cnn::toString(sizes);
}

void computeReshape(Node &node) {
  SizeTensor input = node.sizes(0), target = node.sizes(1);
  yieldReshaped(node, input, resolveShape(node, shapeOf(node, 0), target));
}
void computeSqueeze(Node &node) {
  yieldReshaped(node, node.sizes(0), squeezedShape(node, shapeOf(node, 0)));
}
void computeUnsqueeze(Node &node) {
  yieldReshaped(node, node.sizes(0), unsqueezedShape(node, shapeOf(node, 0)));
}

void computeTranspose(Node &node) {
  SizeTensor input = node.sizes(0);
  SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(0, input.rank()));
  SmallVector<int64_t> permutation =
      node.getInts("perm", SmallVector<int64_t>(llvm::reverse(dims)));
  if (node.failed())
    return;
  if (!std::is_permutation(dims.begin(), dims.end(), permutation.begin(), permutation.end())) {
    node.error() << "perm must name each of " << input.rank() << " dims once";
    return;
  }
  SmallVector<int64_t> shape;
  for (int64_t dim : permutation)
    shape.push_back(input.shape[dim]);
  node.yield(0, node.buildSizes(shape, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> from(index.size());
    for (auto [i, dim] : llvm::enumerate(permutation))
      from[dim] = index[i];
    return input.at(from);
  }));
}

void computeConcat(Node &node) {
  std::vector<SizeTensor> parts;
  for (size_t i = 0; i < node.numInputs(); ++i)
    parts.push_back(node.sizes(i));
  int64_t axis = node.getAxis("axis", 0, parts[0].rank());
  if (node.failed())
    return;
  SmallVector<int64_t> shape = parts[0].shape;
  shape[axis] = 0;
  for (const SizeTensor &part : parts) {
    SmallVector<int64_t> other = part.shape;
    int64_t along = part.rank() > axis ? std::exchange(other[axis], shape[axis]) : 0;
    if (other != shape) {
      node.error() << "integers of shapes that differ beyond dim " << axis << " can not be joined";
      return;
    }
    shape[axis] += along;
  }
  node.yield(0, node.buildSizes(shape, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> own(index);
    const SizeTensor *part = parts.data();
    for (; own[axis] >= part->shape[axis]; ++part)
      own[axis] -= part->shape[axis];
    return part->at(own);
  }));
}

void computeSlice(Node &node) {
  SizeTensor input = node.sizes(0);
  std::vector<SliceRange> ranges = readSliceRanges(node, input.rank());
  if (node.failed())
    return;
  SmallVector<int64_t> shape = input.shape;
  for (SliceRange &range : ranges) {
    range = range.clampedTo(input.shape[range.axis]);
    shape[range.axis] = range.count();
  }
  node.yield(0, node.buildSizes(shape, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> from(index);
    for (const SliceRange &range : ranges)
      from[range.axis] = range.start + index[range.axis] * range.step;
    return input.at(from);
  }));
}

// The dims of the indices take the place of the axis.
void computeGather(Node &node) {
  SizeTensor input = node.sizes(0), indices = node.sizes(1);
  SmallVector<int64_t> places = node.integers(1);
  int64_t axis = node.getAxis("axis", 0, input.rank());
  if (node.failed())
    return;
  int64_t size = input.shape[axis];
  for (int64_t place : places)
    if (place < -size || place >= size)
      node.error() << "index " << place << " is outside of " << size << " elements";
  SmallVector<int64_t> shape(ArrayRef<int64_t>(input.shape).take_front(axis));
  llvm::append_range(shape, indices.shape);
  llvm::append_range(shape, ArrayRef<int64_t>(input.shape).drop_front(axis + 1));
  node.yield(0, node.buildSizes(shape, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> from(index.take_front(axis));
    int64_t place = *cnn::known(indices.at(index.slice(axis, indices.rank())));
    from.push_back(place < 0 ? place + size : place);
    llvm::append_range(from, index.drop_front(axis + indices.rank()));
    return input.at(from);
  }));
}

} // namespace cnnc::onnximport
