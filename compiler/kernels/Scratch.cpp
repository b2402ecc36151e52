// Heap allocations of a lowered kernel: nested ones add up, those one after another take the
// maximum. Sizes depend on loop variables only through bounds, so the result is an expression of
// the buffers' extents alone.
#include "compiler/kernels/Scratch.h"
#include "compiler/kernels/Kernel.h"

namespace cnnc {

using namespace Halide;
using namespace Halide::Internal;

namespace {

/// Allocations of constant size up to this are on the stack: Halide's own limit.
constexpr int64_t largestOnStack = 16 << 10;
/// What the runtime's malloc rounds to, and keeps before each block.
constexpr int64_t alignment = 64, header = 64;

class ScratchVisitor : public IRVisitor {
public:
  ScratchVisitor(const ResolveSize &resolve) : resolve(resolve) {}
  ScratchSizes sizes;

private:
  using IRVisitor::visit;

  void visit(const LetStmt *op) override {
    // The extents of buffers stay free: they are the symbols.
    const Call *call = op->value.as<Call>();
    bool isBufferField = call && starts_with(call->name, "_halide_buffer_get_");
    if (isBufferField || op->value.type() != Int(32)) {
      op->body.accept(this);
      return;
    }
    ScopedValue<std::map<std::string, Expr>> scope(lets);
    lets[op->name] = expanded(op->value);
    op->body.accept(this);
  }

  void visit(const For *op) override {
    Interval first = bounds_of_expr_in_scope(expanded(op->min), loops);
    Interval last = bounds_of_expr_in_scope(expanded(op->min + op->extent - 1), loops);
    ScopedBinding<Interval> bind(loops, op->name, Interval(first.min, last.max));
    ScopedValue<bool> scope(inParallel, inParallel || op->for_type == ForType::Parallel);
    op->body.accept(this);
  }

  void visit(const Block *op) override {
    ScratchSizes before = sizes;
    sizes = {};
    op->first.accept(this);
    ScratchSizes first = sizes;
    sizes = {};
    op->rest.accept(this);
    sizes = {before.shared + max(first.shared, sizes.shared),
             before.worker + max(first.worker, sizes.worker)};
  }

  void visit(const IfThenElse *op) override {
    ScratchSizes before = sizes;
    sizes = {};
    op->then_case.accept(this);
    ScratchSizes first = sizes;
    sizes = {};
    if (op->else_case.defined())
      op->else_case.accept(this);
    sizes = {before.shared + max(first.shared, sizes.shared),
             before.worker + max(first.worker, sizes.worker)};
  }

  void visit(const Allocate *op) override {
    if (isOnHeap(op)) {
      SizeExpr bytes = int64_t(op->padding) * op->type.bytes();
      SizeExpr elements = 1;
      for (const Expr &extent : op->extents)
        elements = elements * upperBound(extent);
      bytes = roundUp(bytes + elements * SizeExpr(op->type.bytes()), alignment) + SizeExpr(header);
      SizeExpr &sum = inParallel ? sizes.worker : sizes.shared;
      sum = sum + bytes;
    }
    op->body.accept(this);
  }

  bool isOnHeap(const Allocate *op) const {
    if (op->memory_type == MemoryType::Heap)
      return true;
    if (op->memory_type == MemoryType::Register)
      return false;
    int32_t elements = op->constant_allocation_size();
    return elements == 0 || int64_t(elements) * op->type.bytes() > largestOnStack;
  }

  // In terms of loop variables and buffers alone. Both ends of an extent depend on the loops, and
  // only their difference, written out and simplified, has a tight bound.
  Expr expanded(const Expr &e) const { return simplify(substitute(lets, e)); }

  SizeExpr upperBound(const Expr &extent) {
    Interval interval = bounds_of_expr_in_scope(expanded(extent), loops);
    if (!interval.has_upper_bound())
      throw KernelError("a temporary of the kernel has no bound on its size");
    return toSizeExpr(simplify(interval.max));
  }

  /// Which way a size may be off where it has no size expression.
  enum class End { Lowest, Highest };

  static End other(End end) { return end == End::Highest ? End::Lowest : End::Highest; }

  SizeExpr binary(SizeExpr::Kind kind, const Expr &a, const Expr &b, End endOfA, End endOfB) {
    return SizeExpr::binary(kind, toSizeExpr(a, endOfA), toSizeExpr(b, endOfB));
  }

  SizeExpr toSizeExpr(const Expr &e, End end = End::Highest) {
    if (auto value = as_const_int(e))
      return SizeExpr(*value);
    if (const Variable *v = e.as<Variable>())
      return resolve(v->name);
    if (const Add *op = e.as<Add>())
      return binary(SizeExpr::Add, op->a, op->b, end, end);
    if (const Sub *op = e.as<Sub>())
      return binary(SizeExpr::Sub, op->a, op->b, end, other(end));
    if (const Mul *op = e.as<Mul>()) {
      bool negative = is_negative_const(op->a) || is_negative_const(op->b);
      End endOfBoth = negative ? other(end) : end;
      return binary(SizeExpr::Mul, op->a, op->b, endOfBoth, endOfBoth);
    }
    if (const Div *op = e.as<Div>())
      return binary(SizeExpr::FloorDiv, op->a, op->b, end, other(end));
    if (const Mod *op = e.as<Mod>())
      return binary(SizeExpr::Mod, op->a, op->b, end, end);
    if (const Min *op = e.as<Min>())
      return binary(SizeExpr::Min, op->a, op->b, end, end);
    if (const Max *op = e.as<Max>())
      return binary(SizeExpr::Max, op->a, op->b, end, end);
    if (const Select *op = e.as<Select>())
      return binary(end == End::Highest ? SizeExpr::Max : SizeExpr::Min, op->true_value,
                    op->false_value, end, end);
    if (const Cast *op = e.as<Cast>())
      return toSizeExpr(op->value, end);
    if (const Let *op = e.as<Let>())
      return toSizeExpr(substitute(op->name, op->value, op->body), end);
    if (const Call *op = e.as<Call>())
      if (op->is_intrinsic(Call::likely) || op->is_intrinsic(Call::likely_if_innermost))
        return toSizeExpr(op->args[0], end);
    std::ostringstream text;
    text << e;
    throw KernelError("a temporary of the kernel has a size that is no size expression: " +
                      text.str());
  }

  const ResolveSize &resolve;
  std::map<std::string, Expr> lets;
  Scope<Interval> loops;
  bool inParallel = false;
};

class ScratchPass : public IRMutator {
public:
  ScratchPass(const ResolveSize &resolve, ScratchSizes &sizes) : resolve(resolve), sizes(sizes) {}

  Stmt mutate(const Stmt &body) override {
    ScratchVisitor visitor(resolve);
    body.accept(&visitor);
    sizes = visitor.sizes;
    return body;
  }
  Expr mutate(const Expr &e) override { return e; }

private:
  ResolveSize resolve;
  ScratchSizes &sizes;
};

} // namespace

IRMutator *createScratchPass(const ResolveSize &resolve, ScratchSizes &sizes) {
  return new ScratchPass(resolve, sizes);
}

} // namespace cnnc
