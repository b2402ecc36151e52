// Arithmetic on integers that are known when compiling, evaluated here (SizeTensor.h).
#include "compiler/frontend/onnx/OnnxOps.h"

using namespace mlir;

namespace cnnc::onnximport {

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

static SizeTensor combine(Node &node, const SizeTensor &a, const SizeTensor &b,
                          SizeFunction function) {
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

} // namespace cnnc::onnximport
