#include "compiler/codegen/CNames.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>
#include <sstream>

namespace cnnc {

const char *cType(ElementType type) {
  switch (type) {
  case ElementType::F32:
    return "float";
  case ElementType::F64:
    return "double";
  case ElementType::U8:
  case ElementType::Bool:
    return "uint8_t";
  case ElementType::I8:
    return "int8_t";
  case ElementType::I32:
    return "int32_t";
  case ElementType::I64:
    return "int64_t";
  }
  return "void";
}

template <typename Change> static std::string changeLetters(std::string text, Change change) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [&](unsigned char letter) { return static_cast<char>(change(letter)); });
  return text;
}

std::string upperCase(std::string text) {
  return changeLetters(std::move(text), [](int letter) { return std::toupper(letter); });
}

std::string lowerCase(std::string text) {
  return changeLetters(std::move(text), [](int letter) { return std::tolower(letter); });
}

/// What a parameter must not be called: the words of C and C++, and the other names of the header.
static std::set<std::string> takenNames() {
  std::istringstream words(
      "alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t "
      "char32_t char8_t class co_await co_return co_yield compl concept const const_cast consteval "
      "constexpr constinit continue decltype default delete do double dynamic_cast else enum "
      "explicit export extern false float for friend goto if inline int long mutable namespace new "
      "noexcept not not_eq nullptr operator or or_eq private protected public register "
      "reinterpret_cast requires restrict return short signed sizeof static static_assert "
      "static_cast struct switch template this thread_local throw true try typedef typeid typename "
      "typeof typeof_unqual union unsigned using virtual void volatile wchar_t while xor xor_eq "
      "exec sizes std threads weights workspace workspace_bytes learning_rate loss parameters "
      "parameter_gradients seed state step");
  return {std::istream_iterator<std::string>(words), std::istream_iterator<std::string>()};
}

/// `name`, changed as little as makes it new, and noted as taken.
static std::string uniqueName(std::string name, std::set<std::string> &taken) {
  while (!taken.insert(name).second)
    name += '_';
  return name;
}

CNames::CNames(const NetworkPlan &plan) {
  std::set<std::string> taken = takenNames();
  taken.insert(plan.name);
  auto readOnly = [&](const BorderTensor &tensor) {
    return CParameter{uniqueName(tensor.name, taken),
                      "const " + std::string(cType(tensor.elementType)) + " *"};
  };
  for (const BorderTensor &tensor : plan.inputs)
    inputs.push_back(readOnly(tensor));
  if (plan.training)
    for (const BorderTensor &tensor : plan.training->targets)
      targets.push_back(readOnly(tensor));
  for (const BorderTensor &tensor : plan.outputs)
    outputs.push_back(
        {uniqueName(tensor.name, taken), std::string(cType(tensor.elementType)) + " *"});
  for (const std::string &size : plan.sizes)
    sizes.push_back({uniqueName(lowerCase(size), taken), "int64_t "});
}

/// One that stands by itself, whatever is around it.
static std::string operand(const SizeExpr &size, const std::vector<std::string> &names) {
  std::string text = cExpression(size, names);
  bool isSimple = size.isConstant() || size.kind() == SizeExpr::Symbol;
  return isSimple ? text : "(" + text + ")";
}

std::string cExpression(const SizeExpr &size, const std::vector<std::string> &names) {
  if (size.isConstant())
    return std::to_string(size.value());
  if (size.kind() == SizeExpr::Symbol)
    return names[static_cast<size_t>(size.value())];
  const std::string a = operand(size.lhs(), names), b = operand(size.rhs(), names);
  switch (size.kind()) {
  case SizeExpr::Add:
    return a + " + " + b;
  case SizeExpr::Sub:
    return a + " - " + b;
  case SizeExpr::Mul:
    return a + " * " + b;
  case SizeExpr::FloorDiv:
    return a + " / " + b;
  case SizeExpr::Mod:
    return a + " % " + b;
  case SizeExpr::Min:
    return a + " < " + b + " ? " + a + " : " + b;
  default:
    return a + " > " + b + " ? " + a + " : " + b;
  }
}

} // namespace cnnc
