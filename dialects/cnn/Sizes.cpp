#include "dialects/cnn/Sizes.h"

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;

namespace cnnc::cnn {

SmallVector<Size> sizesOf(RankedTensorType type) {
  if (auto map = dyn_cast_or_null<AffineMapAttr>(type.getEncoding()))
    return SmallVector<Size>(map.getValue().getResults());
  SmallVector<Size> sizes;
  for (int64_t dim : type.getShape())
    sizes.push_back(getAffineConstantExpr(dim, type.getContext()));
  return sizes;
}

RankedTensorType tensorOf(ArrayRef<Size> sizes, Type elementType) {
  SmallVector<int64_t> shape;
  unsigned numSymbols = 0;
  for (Size size : sizes) {
    shape.push_back(known(size).value_or(ShapedType::kDynamic));
    size.walk([&](AffineExpr e) {
      if (auto symbol = dyn_cast<AffineSymbolExpr>(e))
        numSymbols = std::max(numSymbols, symbol.getPosition() + 1);
    });
  }
  if (numSymbols == 0)
    return RankedTensorType::get(shape, elementType);
  auto map = AffineMap::get(/*dimCount=*/0, numSymbols, sizes, elementType.getContext());
  return RankedTensorType::get(shape, elementType, AffineMapAttr::get(map));
}

std::optional<int64_t> known(Size size) {
  if (auto constant = dyn_cast<AffineConstantExpr>(size))
    return constant.getValue();
  return std::nullopt;
}

bool allEqual(ArrayRef<int64_t> values, int64_t expected) {
  return llvm::all_of(values, [&](int64_t value) { return value == expected; });
}

Size divideUp(Size a, int64_t b) { return (a + (b - 1)).floorDiv(b); }

Size resized(Size size, int64_t factor, int64_t more) {
  unsigned numSymbols = 0;
  size.walk([&](AffineExpr e) {
    if (auto symbol = dyn_cast<AffineSymbolExpr>(e))
      numSymbols = std::max(numSymbols, symbol.getPosition() + 1);
  });
  return simplifyAffineExpr(size * factor + more, /*numDims=*/0, numSymbols);
}

/// The size where symbol k is a number that can be divided by all small ones, and has no simple
/// ratio to that of another symbol.
static std::optional<int64_t> exampleOf(Size size) {
  constexpr int64_t divisible = 256 * 3 * 5 * 7;
  SmallVector<AffineExpr> examples;
  size.walk([&](AffineExpr e) {
    if (auto symbol = dyn_cast<AffineSymbolExpr>(e))
      while (examples.size() <= symbol.getPosition())
        examples.push_back(getAffineConstantExpr(
            divisible * (101 + 6 * static_cast<int64_t>(examples.size())), size.getContext()));
  });
  return known(size.replaceSymbols(examples));
}

bool equalIfDivisible(Size a, Size b) {
  if (a == b)
    return true;
  if (known(a) || known(b))
    return false;
  std::optional<int64_t> example = exampleOf(a);
  return example && example == exampleOf(b);
}

std::string toString(ArrayRef<Size> sizes) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleave(
      sizes, os,
      [&](Size size) {
        if (known(size) || isa<AffineSymbolExpr>(size))
          os << size;
        else
          os << '(' << size << ')';
      },
      "x");
  return text;
}

std::string toString(RankedTensorType type) { return toString(sizesOf(type)); }

} // namespace cnnc::cnn
