// SizeExpr to text and back. The text is an infix expression with as few parentheses as it needs;
// reading it builds the expression through the same simplifications, which leave it as it was.
#include "compiler/support/SizeExpr.h"

#include <cassert>
#include <cctype>

namespace cnnc {

/// How strongly an operator binds; what needs no parentheses anywhere binds strongest.
static int precedence(const SizeExpr &e) {
  switch (e.kind()) {
  case SizeExpr::Add:
  case SizeExpr::Sub:
    return 1;
  case SizeExpr::Mul:
  case SizeExpr::FloorDiv:
  case SizeExpr::Mod:
    return 2;
  default:
    return 3;
  }
}

static std::string operandText(const SizeExpr &operand, int needed) {
  std::string text = operand.toString();
  return precedence(operand) < needed ? "(" + text + ")" : text;
}

static std::string binaryText(const SizeExpr &a, const char *sign, const SizeExpr &b, int bound) {
  return operandText(a, bound) + sign + operandText(b, bound + 1);
}

std::string SizeExpr::toString() const {
  switch (kind()) {
  case Constant:
    return std::to_string(value());
  case Symbol:
    return "s" + std::to_string(value());
  case Add:
    if (rhs().isConstant() && rhs().value() < 0)
      return binaryText(lhs(), "-", -rhs().value(), 1);
    return binaryText(lhs(), "+", rhs(), 1);
  case Sub:
    return binaryText(lhs(), "-", rhs(), 1);
  case Mul:
    return rhs().isConstant() ? binaryText(rhs(), "*", lhs(), 2) : binaryText(lhs(), "*", rhs(), 2);
  case FloorDiv:
    return binaryText(lhs(), "/", rhs(), 2);
  case Mod:
    return binaryText(lhs(), "%", rhs(), 2);
  case Min:
    return "min(" + lhs().toString() + ", " + rhs().toString() + ")";
  case Max:
    return "max(" + lhs().toString() + ", " + rhs().toString() + ")";
  }
  return "?";
}

/// Reads sum := term {(+|-) term}, term := factor {(*|/|%) factor},
/// factor := number | "s" number | ("min"|"max") "(" sum "," sum ")" | "(" sum ")".
namespace {
struct Parser {
  const std::string &text;
  size_t position = 0;

  bool take(const std::string &word) {
    while (position < text.size() && text[position] == ' ')
      ++position;
    if (text.compare(position, word.size(), word) != 0)
      return false;
    position += word.size();
    return true;
  }

  void expect(const std::string &word) {
    bool found = take(word);
    assert(found && "not the text of a size expression");
    (void)found;
  }

  int64_t number() {
    size_t end = position;
    while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])))
      ++end;
    assert(end > position && "number expected in the text of a size expression");
    int64_t result = std::stoll(text.substr(position, end - position));
    position = end;
    return result;
  }

  SizeExpr pair(SizeExpr::Kind kind) {
    SizeExpr first = sum();
    expect(",");
    SizeExpr second = sum();
    expect(")");
    return SizeExpr::binary(kind, first, second);
  }

  SizeExpr factor() {
    if (take("min("))
      return pair(SizeExpr::Min);
    if (take("max("))
      return pair(SizeExpr::Max);
    if (take("s"))
      return SizeExpr::symbol(static_cast<int>(number()));
    if (take("-"))
      return -number();
    if (!take("("))
      return number();
    SizeExpr inner = sum();
    expect(")");
    return inner;
  }

  SizeExpr term() {
    SizeExpr result = factor();
    while (true) {
      if (take("*"))
        result = result * factor();
      else if (take("/"))
        result = floorDiv(result, factor());
      else if (take("%"))
        result = mod(result, factor());
      else
        return result;
    }
  }

  SizeExpr sum() {
    SizeExpr result = term();
    while (true) {
      if (take("+"))
        result = result + term();
      else if (take("-"))
        result = result - term();
      else
        return result;
    }
  }
};
} // namespace

SizeExpr SizeExpr::parse(const std::string &text) {
  Parser parser{text};
  SizeExpr result = parser.sum();
  assert(parser.position == text.size() && "more text after a size expression");
  return result;
}

} // namespace cnnc
