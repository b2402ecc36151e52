// Sizes as expressions of the network's symbolic sizes: plain data, no MLIR, no Halide.
//
// The extent of a tensor, the bytes of a kernel's scratch, an offset in the arena: each is a
// SizeExpr over numbered symbols. Which size a number names is up to who holds the expression: the
// k-th run-time size of a kernel (kernels/Kernel.h), or the k-th symbolic size of the network.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cnnc {

/// An immutable expression of integers; cheap to copy (it is a shared tree).
/// Constants fold as they are built, so a static size is always a single Constant.
class SizeExpr {
public:
  enum Kind { Constant, Symbol, Add, Sub, Mul, FloorDiv, Mod, Min, Max };

  SizeExpr(int64_t constant = 0);
  static SizeExpr symbol(int index);
  static SizeExpr binary(Kind kind, const SizeExpr &lhs, const SizeExpr &rhs);

  Kind kind() const;
  bool isConstant() const { return kind() == Constant; }
  int64_t value() const; ///< Of a Constant; the index of a Symbol.
  SizeExpr lhs() const;  ///< Of a binary kind.
  SizeExpr rhs() const;

  /// The value for the given sizes, symbols[k] being symbol k.
  int64_t evaluate(const std::vector<int64_t> &symbols) const;
  /// This expression with every symbol k replaced by replace(k).
  SizeExpr substitute(const std::function<SizeExpr(int)> &replace) const;
  /// Text such as "64*((s1+1)/2)" or "max(s0, 4)", read back by parse. Division rounds down.
  std::string toString() const;
  /// Reads what toString wrote. Asserts on anything else: it is not for the user's text.
  static SizeExpr parse(const std::string &text);

  bool operator==(const SizeExpr &other) const;
  bool operator!=(const SizeExpr &other) const { return !(*this == other); }

private:
  struct Node;
  explicit SizeExpr(std::shared_ptr<const Node> node);
  std::shared_ptr<const Node> node;
};

SizeExpr operator+(const SizeExpr &a, const SizeExpr &b);
SizeExpr operator-(const SizeExpr &a, const SizeExpr &b);
SizeExpr operator*(const SizeExpr &a, const SizeExpr &b);
SizeExpr floorDiv(const SizeExpr &a, const SizeExpr &b);
SizeExpr ceilDiv(const SizeExpr &a, const SizeExpr &b);
SizeExpr mod(const SizeExpr &a, const SizeExpr &b);
SizeExpr min(const SizeExpr &a, const SizeExpr &b);
SizeExpr max(const SizeExpr &a, const SizeExpr &b);
/// a rounded up to a multiple of `multiple`.
SizeExpr roundUp(const SizeExpr &a, int64_t multiple);

} // namespace cnnc
