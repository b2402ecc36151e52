// Elementwise ops: one row of Elementwise.def each.
#include "compiler/kernels/ops/Elementwise.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace cnnc {

using namespace Halide;

// exp(x) for x in [-87, 87], where neither it nor what is made on the way overflows: half the work
// of Halide's exp, which must take any x. With n = round(x / ln 2), exp(x) = 2^n exp(x - n ln 2).
// Behind 1.5 * 2^23 a float has no place for a fraction: what is added there is rounded, and n are
// its last bits. (Rounding itself takes four instructions where vectors are of 64 bytes.)
// The polynomial has the least largest relative error on [-ln 2 / 2, ln 2 / 2] (7.5e-8; by Remez'
// algorithm), and 2^n goes straight into the exponent. The relative error is at most 2e-7, and 3e-9
// |x| from rounding ln 2.
static Expr boundedExp(const Expr &x) {
  if (x.type() != Float(32))
    return exp(x);
  const Expr behindFraction = 12582912.0f;
  Expr bits = reinterpret<uint32_t>(x * 1.44269504f + behindFraction);
  Expr n = reinterpret<int>(bits - reinterpret<uint32_t>(behindFraction));
  Expr r = x - cast<float>(n) * 0.693147181f;
  Expr power = 8.29761941e-3f;
  for (float coefficient : {4.19156291e-2f, 1.66675761e-1f, 4.99988914e-1f, 9.99999702e-1f, 1.0f})
    power = power * r + coefficient;
  return reinterpret<float>(reinterpret<uint32_t>(power) + (bits << 23));
}

namespace {

/// What the rows of Elementwise.def may use besides Halide's own functions.
struct Row {
  const OpDescription &op;

  // Kept finite: the backend may assume that no infinity is met.
  Expr attribute(const std::string &name) const {
    double largest = std::numeric_limits<float>::max();
    return Expr(static_cast<float>(std::clamp(op.getFloat(name), -largest, largest)));
  }
  static Expr zero(const Expr &x) { return Internal::make_zero(x.type()); }
  static Expr clampTo(const Expr &x, const Expr &low, const Expr &high) {
    return min(max(x, cast(x.type(), low)), cast(x.type(), high));
  }
  static Expr divide(const Expr &a, const Expr &b) {
    return a.type().is_float() ? a / b : div_round_to_zero(a, b);
  }
  // |a|^b by exp and log; the sign of a negative base comes back when b is an odd integer.
  static Expr power(const Expr &a, const Expr &b) {
    Expr magnitude = exp(b * log(abs(a)));
    Expr odd = floor(b * 0.5f) * 2.0f != b;
    Expr signedPower = select(a < 0.0f && odd, -magnitude, magnitude);
    return select(b == 0.0f, 1.0f, a == 0.0f, 0.0f, signedPower);
  }
};

using UnaryRow = Expr (*)(const OpDescription &, const Expr &);
using BinaryRow = Expr (*)(const OpDescription &, const Expr &, const Expr &);

} // namespace

#define UNARY(name, expression)                                                                    \
  static Expr unary_##name(const OpDescription &op, const Expr &x) {                               \
    struct Body : Row {                                                                            \
      Expr operator()(const Expr &x) const { return expression; }                                  \
    };                                                                                             \
    return Body{{op}}(x);                                                                          \
  }
#define BINARY(name, expression)                                                                   \
  static Expr binary_##name(const OpDescription &op, const Expr &a, const Expr &b) {               \
    struct Body : Row {                                                                            \
      Expr operator()(const Expr &a, const Expr &b) const { return expression; }                   \
    };                                                                                             \
    return Body{{op}}(a, b);                                                                       \
  }
#include "compiler/kernels/Elementwise.def"

static const std::map<std::string, UnaryRow> unaryRows = {
#define UNARY(name, expression) {#name, unary_##name},
#define BINARY(name, expression)
#include "compiler/kernels/Elementwise.def"
};

static const std::map<std::string, BinaryRow> binaryRows = {
#define UNARY(name, expression)
#define BINARY(name, expression) {#name, binary_##name},
#include "compiler/kernels/Elementwise.def"
};

bool isElementwise(const std::string &name) {
  return unaryRows.count(name) || binaryRows.count(name);
}

namespace {

/// Counts the operations of an expression, what several use once.
class CountOperations : public Internal::IRGraphVisitor {
public:
  int operator()(const Expr &e) {
    include(e);
    return static_cast<int>(operations.size());
  }

private:
  using IRGraphVisitor::include;

  void include(const Expr &e) override {
    if (!e.as<Internal::Variable>() && !is_const(e))
      operations.insert(e.get());
    IRGraphVisitor::include(e);
  }

  std::set<const Internal::IRNode *> operations;
};

} // namespace

int elementwiseOperations(const OpDescription &op) {
  Expr a = Internal::Variable::make(Float(32), "a"), b = Internal::Variable::make(Float(32), "b");
  if (auto unary = unaryRows.find(op.name); unary != unaryRows.end())
    return CountOperations()(unary->second(op, a));
  if (auto binary = binaryRows.find(op.name); binary != binaryRows.end())
    return CountOperations()(binary->second(op, a, b));
  return 0;
}

Expr broadcastAt(const Value &operand, const Indices &coordinates) {
  size_t missing = coordinates.size() - static_cast<size_t>(operand.rank());
  Indices own;
  for (size_t dim = missing; dim < coordinates.size(); ++dim)
    own.push_back(operand.description.shape[dim - missing] == 1 ? Expr(0) : coordinates[dim]);
  return operand.at(own);
}

Value buildElementwise(KernelBuild &build, const OpDescription &op,
                       const std::vector<Value> &operands) {
  Indices inferred;
  for (const Value &operand : operands)
    if (operand.rank() == static_cast<int>(op.result.shape.size()))
      inferred = operand.shape;
  return build.define(op, build.resultShape(op, inferred), [&](const Indices &at) {
    if (operands.size() == 1)
      return unaryRows.at(op.name)(op, broadcastAt(operands[0], at));
    return binaryRows.at(op.name)(op, broadcastAt(operands[0], at), broadcastAt(operands[1], at));
  });
}

} // namespace cnnc
