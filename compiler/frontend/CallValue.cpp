#include "compiler/frontend/CallValue.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Format.h"

using namespace mlir;

namespace cnnc {

Value CallValue::tensor() const {
  const Value *value = getIf<Value>();
  return value ? *value : Value();
}

bool CallValue::isNumber() const { return getIf<int64_t>() || getIf<double>(); }

double CallValue::toDouble() const {
  if (const int64_t *whole = getIf<int64_t>())
    return static_cast<double>(*whole);
  return std::get<double>(content);
}

static std::string spellDouble(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%g", value);
  return text;
}

std::string describe(const CallValue &value) {
  if (const int64_t *whole = value.getIf<int64_t>())
    return "the number " + std::to_string(*whole);
  if (const double *fraction = value.getIf<double>())
    return "the number " + spellDouble(*fraction);
  if (const bool *flag = value.getIf<bool>())
    return *flag ? "yes" : "no";
  if (const NameValue *name = value.getIf<NameValue>())
    return "the name '" + name->text + "'";
  if (const ListValue *list = value.getIf<ListValue>())
    return "a list of " + std::to_string(list->elements.size());
  if (value.getIf<cnn::Size>())
    return "a size known only at run time";
  return "a tensor";
}

CallValue fromSize(cnn::Size size) {
  if (std::optional<int64_t> number = cnn::known(size))
    return *number;
  return size;
}

//===-- Spelling ------------------------------------------------------------===//

static StringRef operatorOf(AffineExprKind kind) {
  switch (kind) {
  case AffineExprKind::Add:
    return " + ";
  case AffineExprKind::Mul:
    return " * ";
  case AffineExprKind::Mod:
    return " % ";
  default:
    return " // ";
  }
}

static std::string parenthesised(cnn::Size size, ArrayRef<std::string> names) {
  std::string text = spellSize(size, names);
  return isa<AffineBinaryOpExpr>(size) ? "(" + text + ")" : text;
}

std::string spellSize(cnn::Size size, ArrayRef<std::string> names) {
  if (std::optional<int64_t> number = cnn::known(size))
    return std::to_string(*number);
  if (auto symbol = dyn_cast<AffineSymbolExpr>(size))
    return symbol.getPosition() < names.size() ? names[symbol.getPosition()]
                                               : "s" + std::to_string(symbol.getPosition());
  auto binary = cast<AffineBinaryOpExpr>(size);
  std::optional<int64_t> right = cnn::known(binary.getRHS());
  bool isSum = size.getKind() == AffineExprKind::Add;
  // a + -1 is written a - 1.
  if (isSum && right && *right < 0)
    return spellSize(binary.getLHS(), names) + " - " + std::to_string(-*right);
  std::string left =
      isSum ? spellSize(binary.getLHS(), names) : parenthesised(binary.getLHS(), names);
  return left + operatorOf(size.getKind()).str() + parenthesised(binary.getRHS(), names);
}

std::string spellType(RankedTensorType type, ArrayRef<std::string> names) {
  std::vector<std::string> dims;
  for (cnn::Size size : cnn::sizesOf(type))
    dims.push_back(spellSize(size, names));
  return elementTypeName(type.getElementType()) + "[" + llvm::join(dims, ", ") + "]";
}

//===-- Element types -------------------------------------------------------===//

static constexpr StringLiteral elementNames[] = {"f32", "f64", "u8", "i8", "i32", "i64", "bool"};

Type elementTypeNamed(MLIRContext *context, StringRef name) {
  Builder b(context);
  return llvm::StringSwitch<Type>(name)
      .Case("f32", b.getF32Type())
      .Case("f64", b.getF64Type())
      .Case("u8", b.getIntegerType(8, /*isSigned=*/false))
      .Case("i8", b.getIntegerType(8))
      .Case("i32", b.getIntegerType(32))
      .Case("i64", b.getIntegerType(64))
      .Case("bool", b.getI1Type())
      .Default(Type());
}

std::string elementTypeName(Type type) {
  for (StringRef name : elementNames)
    if (elementTypeNamed(type.getContext(), name) == type)
      return name.str();
  llvm_unreachable("an element type that the dialect does not have");
}

std::vector<std::string> elementTypeNames() {
  return {std::begin(elementNames), std::end(elementNames)};
}

} // namespace cnnc
