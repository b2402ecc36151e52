// Ops on integers that are known when compiling, evaluated here (SizeTensor.h).
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

//===-- Arithmetic ----------------------------------------------------------===//

using SizeFunction = function_ref<std::optional<Size>(Size, Size)>;

/// The shape that two broadcast to, or an error.
static SmallVector<int64_t> broadcastShape(Node &node, ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  SmallVector<int64_t> shape(a);
  for (size_t i = 0; i < b.size(); ++i) {
    int64_t &size = shape[a.size() - b.size() + i];
    if (size != b[i] && size != 1 && b[i] != 1)
      node.error() << "integers of the shapes " << shapeToString({a.begin(), a.end()}) << " and "
                   << shapeToString({b.begin(), b.end()}) << " do not broadcast";
    size = size == 1 ? b[i] : size;
  }
  return shape;
}

/// The element that meets the one at `index` after broadcasting.
static Size broadcastAt(const SizeTensor &tensor, ArrayRef<int64_t> index) {
  SmallVector<int64_t> own(index.take_back(tensor.rank()));
  for (auto [coordinate, size] : llvm::zip(own, tensor.shape))
    coordinate = size == 1 ? 0 : coordinate;
  return tensor.at(own);
}

static SizeTensor combine(Node &node, const SizeTensor &a, const SizeTensor &b, SizeFunction function) {
  SmallVector<int64_t> shape = broadcastShape(node, a.shape, b.shape);
  return node.buildSizes(shape, [&](ArrayRef<int64_t> index) {
    Size lhs = broadcastAt(a, index), rhs = broadcastAt(b, index);
    if (std::optional<Size> size = function(lhs, rhs))
      return *size;
    if (!node.failed())
      node.error() << "it can not be computed of " << cnn::toString(lhs) << " and "
                   << cnn::toString(rhs);
    return lhs;
  });
}

static void computeBinary(Node &node, SizeFunction function) {
  SizeTensor a = node.sizes(0), b = node.sizes(1);
  if (!node.failed())
    node.yield(0, combine(node, a, b, function));
}

void computeAdd(Node &node) {
  computeBinary(node, [](Size a, Size b) { return a + b; });
}
void computeSub(Node &node) {
  computeBinary(node, [](Size a, Size b) { return a - b; });
}
void computeMul(Node &node) {
  computeBinary(node, [](Size a, Size b) { return a * b; });
}
void computeDiv(Node &node) { computeBinary(node, divide); }

// The sign is that of the divisor, unless `fmod` asks for that of the dividend.
void computeMod(Node &node) {
  computeBinary(node, [](Size a, Size b) -> std::optional<Size> {
    std::optional<int64_t> divisor = cnn::known(b);
    if (!divisor || *divisor < 1)
      return std::nullopt;
    return a % *divisor;
  });
}

/// The smaller or larger of two sizes, which must be known unless they are equal.
static void computeExtreme(Node &node, bool larger) {
  SizeTensor result = node.sizes(0);
  for (size_t i = 1; i < node.numInputs() && !node.failed(); ++i)
    result = combine(node, result, node.sizes(i), [&](Size a, Size b) -> std::optional<Size> {
      std::optional<int64_t> x = cnn::known(a), y = cnn::known(b);
      if (a == b)
        return a;
      if (!x || !y)
        return std::nullopt;
      return (*x < *y) == larger ? b : a;
    });
  node.yield(0, result);
}
void computeMin(Node &node) { computeExtreme(node, /*larger=*/false); }
void computeMax(Node &node) { computeExtreme(node, /*larger=*/true); }

void computeProduct(Node &node) {
  SizeTensor input = node.sizes(0);
  std::optional<SmallVector<int64_t>> axes = node.getAxes(18, 1, input.rank());
  if (node.failed())
    return;
  if (input.rank() > 1 || (axes && axes->empty())) {
    node.error() << "of integers only the product of a whole list is supported";
    return;
  }
  SmallVector<int64_t> shape(node.getInt("keepdims", 1) ? input.rank() : 0, 1);
  node.yield(0, SizeTensor{shape, {product(input.values, node.context())}});
}

void computeRange(Node &node) {
  SmallVector<int64_t> numbers;
  for (size_t i = 0; i < 3; ++i)
    llvm::append_range(numbers, node.integers(i));
  if (node.failed())
    return;
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  bool fits = llvm::all_of(numbers, [&](int64_t n) { return n >= -most && n <= most; });
  if (numbers.size() != 3 || numbers[2] == 0 || !fits) {
    node.error() << "it must have a start, a limit and a step other than 0, each one number";
    return;
  }
  SliceRange range{0, numbers[0], numbers[1], numbers[2]};
  node.yield(0, node.buildSizes(range.count(), [&](ArrayRef<int64_t> index) {
    return node.number(range.start + index[0] * range.step);
  }));
}

//===-- Shapes of integers --------------------------------------------------===//

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
  SmallVector<int64_t> permutation = node.getInts("perm", SmallVector<int64_t>(llvm::reverse(dims)));
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
