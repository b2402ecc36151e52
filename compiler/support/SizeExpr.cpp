// Expressions of sizes, brought to one form as they are built, so that equal sizes mostly are equal
// expressions: constants folded and on the right, operands of commutative kinds in a fixed order,
// and constants added to a quotient moved inside it, (x-1)/2 + 1 = (x+1)/2.
#include "compiler/support/SizeExpr.h"

#include <algorithm>
#include <cassert>
#include <optional>

namespace cnnc {

struct SizeExpr::Node {
  Kind kind;
  int64_t value; // Of a Constant or a Symbol.
  std::shared_ptr<const Node> lhs, rhs;
};

SizeExpr::SizeExpr(std::shared_ptr<const Node> node) : node(std::move(node)) {}

SizeExpr::SizeExpr(int64_t constant)
    : node(std::make_shared<Node>(Node{Constant, constant, nullptr, nullptr})) {}

SizeExpr SizeExpr::symbol(int index) {
  assert(index >= 0 && "symbols are numbered from 0");
  return SizeExpr(std::make_shared<Node>(Node{Symbol, index, nullptr, nullptr}));
}

SizeExpr::Kind SizeExpr::kind() const { return node->kind; }

int64_t SizeExpr::value() const {
  assert((node->kind == Constant || node->kind == Symbol) && "a binary expression has no value");
  return node->value;
}

SizeExpr SizeExpr::lhs() const {
  assert(node->lhs && "only a binary expression has operands");
  return SizeExpr(node->lhs);
}

SizeExpr SizeExpr::rhs() const {
  assert(node->rhs && "only a binary expression has operands");
  return SizeExpr(node->rhs);
}

static bool isBinary(const SizeExpr &e) {
  return e.kind() != SizeExpr::Constant && e.kind() != SizeExpr::Symbol;
}

static bool isCommutative(SizeExpr::Kind kind) {
  return kind == SizeExpr::Add || kind == SizeExpr::Mul || kind == SizeExpr::Min ||
         kind == SizeExpr::Max;
}

/// An arbitrary but fixed order of expressions, constants last: negative, zero or positive.
static int compare(const SizeExpr &a, const SizeExpr &b) {
  if (a.kind() != b.kind()) {
    if (a.isConstant() || b.isConstant())
      return a.isConstant() ? 1 : -1;
    return a.kind() < b.kind() ? -1 : 1;
  }
  if (!isBinary(a))
    return a.value() == b.value() ? 0 : a.value() < b.value() ? -1 : 1;
  int left = compare(a.lhs(), b.lhs());
  return left != 0 ? left : compare(a.rhs(), b.rhs());
}

bool SizeExpr::operator==(const SizeExpr &other) const {
  return node == other.node || compare(*this, other) == 0;
}

static int64_t divideDown(int64_t a, int64_t b) {
  assert(b != 0 && "division of a size by zero");
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

static int64_t apply(SizeExpr::Kind kind, int64_t a, int64_t b) {
  switch (kind) {
  case SizeExpr::Add:
    return a + b;
  case SizeExpr::Sub:
    return a - b;
  case SizeExpr::Mul:
    return a * b;
  case SizeExpr::FloorDiv:
    return divideDown(a, b);
  case SizeExpr::Mod:
    return a - b * divideDown(a, b);
  case SizeExpr::Min:
    return std::min(a, b);
  case SizeExpr::Max:
    return std::max(a, b);
  case SizeExpr::Constant:
  case SizeExpr::Symbol:
    break;
  }
  assert(false && "not a binary kind");
  return 0;
}

/// True for `x kind c` with a constant c.
static bool hasConstantRight(const SizeExpr &e, SizeExpr::Kind kind) {
  return e.kind() == kind && e.rhs().isConstant();
}

/// Simplifies `x + c`.
static std::optional<SizeExpr> addConstant(const SizeExpr &x, int64_t c) {
  if (c == 0) // x + 0 = x
    return x;
  if (hasConstantRight(x, SizeExpr::Add)) // (y + d) + c = y + (d + c)
    return x.lhs() + (x.rhs().value() + c);
  if (hasConstantRight(x, SizeExpr::FloorDiv)) // y/d + c = (y + c*d)/d
    return floorDiv(x.lhs() + c * x.rhs().value(), x.rhs());
  return std::nullopt;
}

/// Simplifies `x * c`.
static std::optional<SizeExpr> multiplyConstant(const SizeExpr &x, int64_t c) {
  if (c == 0) // x * 0 = 0
    return SizeExpr(0);
  if (c == 1) // x * 1 = x
    return x;
  if (hasConstantRight(x, SizeExpr::Mul)) // (y * d) * c = y * (d * c)
    return x.lhs() * (x.rhs().value() * c);
  return std::nullopt;
}

/// Simplifies `x / c` and `x mod c`, c > 0, where x is y*a + b and c divides a.
static std::optional<SizeExpr> divideMultiple(SizeExpr::Kind kind, const SizeExpr &x, int64_t c) {
  bool hasSum = hasConstantRight(x, SizeExpr::Add);
  int64_t b = hasSum ? x.rhs().value() : 0;
  SizeExpr product = hasSum ? x.lhs() : x;
  if (!hasConstantRight(product, SizeExpr::Mul) || product.rhs().value() % c != 0)
    return std::nullopt;
  if (kind == SizeExpr::Mod) // (y*a + b) mod c = b mod c
    return SizeExpr(apply(SizeExpr::Mod, b, c));
  // (y*a + b) / c = y*(a/c) + b/c
  return product.lhs() * (product.rhs().value() / c) + divideDown(b, c);
}

/// Simplifies `x / c` and `x mod c`.
static std::optional<SizeExpr> divideConstant(SizeExpr::Kind kind, const SizeExpr &x, int64_t c) {
  assert(c != 0 && "division of a size by zero");
  if (c == 1) // x / 1 = x, x mod 1 = 0
    return kind == SizeExpr::Mod ? SizeExpr(0) : x;
  if (c < 0)
    return std::nullopt;
  if (auto simpler = divideMultiple(kind, x, c))
    return simpler;
  if (kind == SizeExpr::FloorDiv && hasConstantRight(x, SizeExpr::FloorDiv) &&
      x.rhs().value() > 0) // (y / d) / c = y / (d * c)
    return floorDiv(x.lhs(), x.rhs().value() * c);
  return std::nullopt;
}

/// Simplifies `x kind c`; false where there is nothing to simplify.
static std::optional<SizeExpr> simplifyConstant(SizeExpr::Kind kind, const SizeExpr &x, int64_t c) {
  switch (kind) {
  case SizeExpr::Add:
    return addConstant(x, c);
  case SizeExpr::Sub:
    return x + -c; // x - c = x + -c
  case SizeExpr::Mul:
    return multiplyConstant(x, c);
  case SizeExpr::FloorDiv:
  case SizeExpr::Mod:
    return divideConstant(kind, x, c);
  case SizeExpr::Min:
  case SizeExpr::Max:
    if (!hasConstantRight(x, kind)) // min(min(y, d), c) = min(y, min(d, c))
      return std::nullopt;
    return SizeExpr::binary(kind, x.lhs(), apply(kind, x.rhs().value(), c));
  case SizeExpr::Constant:
  case SizeExpr::Symbol:
    break;
  }
  return std::nullopt;
}

SizeExpr SizeExpr::binary(Kind kind, const SizeExpr &lhs, const SizeExpr &rhs) {
  if (lhs.isConstant() && rhs.isConstant())
    return apply(kind, lhs.value(), rhs.value());
  if (isCommutative(kind) && compare(lhs, rhs) > 0)
    return binary(kind, rhs, lhs);
  if (lhs == rhs && kind == Sub) // x - x = 0
    return 0;
  if (lhs == rhs && (kind == Min || kind == Max)) // min(x, x) = x
    return lhs;
  if (rhs.isConstant())
    if (auto simpler = simplifyConstant(kind, lhs, rhs.value()))
      return *simpler;
  return SizeExpr(std::make_shared<Node>(Node{kind, 0, lhs.node, rhs.node}));
}

int64_t SizeExpr::evaluate(const std::vector<int64_t> &symbols) const {
  if (kind() == Constant)
    return value();
  if (kind() == Symbol) {
    assert(value() < static_cast<int64_t>(symbols.size()) && "no size given for a symbol");
    return symbols[static_cast<size_t>(value())];
  }
  return apply(kind(), lhs().evaluate(symbols), rhs().evaluate(symbols));
}

SizeExpr SizeExpr::substitute(const std::function<SizeExpr(int)> &replace) const {
  if (kind() == Constant)
    return *this;
  if (kind() == Symbol)
    return replace(static_cast<int>(value()));
  return binary(kind(), lhs().substitute(replace), rhs().substitute(replace));
}

using E = SizeExpr;
E operator+(const E &a, const E &b) { return E::binary(E::Add, a, b); }
E operator-(const E &a, const E &b) { return E::binary(E::Sub, a, b); }
E operator*(const E &a, const E &b) { return E::binary(E::Mul, a, b); }
E floorDiv(const E &a, const E &b) { return E::binary(E::FloorDiv, a, b); }
E ceilDiv(const E &a, const E &b) { return floorDiv(a + (b - 1), b); }
E mod(const E &a, const E &b) { return E::binary(E::Mod, a, b); }
E min(const E &a, const E &b) { return E::binary(E::Min, a, b); }
E max(const E &a, const E &b) { return E::binary(E::Max, a, b); }
E roundUp(const E &a, int64_t multiple) { return ceilDiv(a, multiple) * multiple; }

} // namespace cnnc
