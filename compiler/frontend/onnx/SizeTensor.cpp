#include "compiler/frontend/onnx/SizeTensor.h"

using namespace mlir;

namespace cnnc::onnximport {

Size SizeTensor::at(ArrayRef<int64_t> index) const {
  assert(index.size() == shape.size() && "an index has a coordinate per dim");
  int64_t offset = 0;
  for (auto [size, coordinate] : llvm::zip(shape, index))
    offset = offset * size + coordinate;
  return values[offset];
}

std::optional<int64_t> countElements(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t size : shape) {
    if (size < 0 || size > maxSizeTensorElements)
      return std::nullopt;
    count *= size;
    if (count > maxSizeTensorElements)
      return std::nullopt;
  }
  return count;
}

SizeTensor generate(ArrayRef<int64_t> shape, function_ref<Size(ArrayRef<int64_t>)> element) {
  std::optional<int64_t> count = countElements(shape);
  assert(count && "too large for a tensor of sizes");
  SizeTensor tensor{SmallVector<int64_t>(shape), {}};
  SmallVector<int64_t> index(shape.size(), 0);
  for (int64_t i = 0; i < *count; ++i) {
    tensor.values.push_back(element(index));
    // The next index: count up in the last dim, and carry over.
    for (size_t dim = shape.size(); dim-- > 0;) {
      if (++index[dim] < shape[dim])
        break;
      index[dim] = 0;
    }
  }
  return tensor;
}

std::optional<SmallVector<int64_t>> known(const SizeTensor &tensor) {
  SmallVector<int64_t> numbers;
  for (Size size : tensor.values) {
    std::optional<int64_t> number = cnn::known(size);
    if (!number)
      return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

Size product(ArrayRef<Size> sizes, MLIRContext *context) {
  Size result = getAffineConstantExpr(1, context);
  for (Size size : sizes)
    result = result * size;
  return result;
}

/// A size taken apart: coefficient * factors, none of which is a product or a multiple of a number.
struct Product {
  int64_t coefficient = 1;
  SmallVector<Size> factors;
};

static void multiply(Product &into, Size size) {
  if (std::optional<int64_t> number = cnn::known(size)) {
    into.coefficient *= *number;
    return;
  }
  if (size.getKind() == AffineExprKind::Mul) {
    multiply(into, cast<AffineBinaryOpExpr>(size).getLHS());
    multiply(into, cast<AffineBinaryOpExpr>(size).getRHS());
    return;
  }
  // 2 a + 2 = 2 (a + 1)
  int64_t divisor = size.getKind() == AffineExprKind::Add ? size.getLargestKnownDivisor() : 1;
  into.coefficient *= divisor;
  into.factors.push_back(divisor > 1 ? size.floorDiv(divisor) : size);
}

/// Removes the factors that both have.
static void cancel(Product &a, Product &b) {
  for (Size *factor = b.factors.begin(); factor != b.factors.end();) {
    Size *same = llvm::find(a.factors, *factor);
    if (same == a.factors.end()) {
      ++factor;
      continue;
    }
    a.factors.erase(same);
    factor = b.factors.erase(factor);
  }
  int64_t common = std::gcd(a.coefficient, b.coefficient);
  a.coefficient /= common;
  b.coefficient /= common;
}

static Size toSize(const Product &p, MLIRContext *context) {
  return product(p.factors, context) * p.coefficient;
}

std::optional<Size> divideEvenly(Size a, Size b) {
  Product dividend, divisor;
  multiply(dividend, a);
  multiply(divisor, b);
  if (divisor.coefficient == 0)
    return std::nullopt;
  cancel(dividend, divisor);
  Size over = toSize(dividend, a.getContext()), under = toSize(divisor, a.getContext());
  if (cnn::known(under) == 1)
    return over;
  if (cnn::known(over)) // a number and nothing to cancel
    return std::nullopt;
  return over.floorDiv(under);
}

std::optional<Size> divide(Size a, Size b) {
  std::optional<int64_t> dividend = cnn::known(a), divisor = cnn::known(b);
  if (divisor == 0)
    return std::nullopt;
  if (divisor == -1)
    return a * -1;
  if (dividend && divisor)
    return getAffineConstantExpr(*dividend / *divisor, a.getContext());
  if (!divisor) {
    // Cancelling is right only where nothing is left over.
    std::optional<Size> even = divideEvenly(a, b);
    if (even && cnn::known(*even))
      return even;
  }
  return a.floorDiv(b);
}

} // namespace cnnc::onnximport
