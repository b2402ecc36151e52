#include "compiler/kernels/PrefetchFilter.h"

#include <optional>

namespace cnnc {

using namespace Halide;
using namespace Halide::Internal;

// Elements of a cache line.
static constexpr int line = 16;
// How far ahead to fetch what is read once from the first to the last element: so much is read in
// the time that memory takes to answer.
static constexpr int streamDistance = 1024;

namespace {

/// What the body of a loop loads from the filter.
class FilterLoads : public IRVisitor {
public:
  explicit FilterLoads(const std::string &filter) : filter(filter) {}

  Expr first; ///< The place of the first element of the first load; undefined without loads.
  bool isInnermost = true;

private:
  using IRVisitor::visit;

  void visit(const For *) override { isInnermost = false; }

  void visit(const Load *op) override {
    if (op->name == filter && !first.defined()) {
      const Ramp *ramp = op->index.as<Ramp>();
      first = ramp ? ramp->base : op->index;
    }
    IRVisitor::visit(op);
  }

  const std::string &filter;
};

/// The register tiles that read a slice of the filter, and where in it one of them is.
struct Slice {
  Expr begin;               ///< Of the slice, in elements of the filter.
  int64_t size = 0;         ///< Elements.
  int64_t bodies = 1;       ///< Executions of the innermost loop's body in a register tile.
  int64_t bodySize = 0;     ///< Elements that one execution reads.
  Expr body = 0;            ///< Which of them it is.
  bool isStream = false;    ///< One slice is all that follows: each tile reads another place.
  Expr tiles = 1, tile = 0; ///< Register tiles that read the slice, and which of them it is.
};

class PrefetchFilter : public IRMutator {
public:
  explicit PrefetchFilter(const std::string &filter) : filter(filter) {}

private:
  using IRMutator::visit;

  Stmt visit(const LetStmt *op) override {
    lets.emplace_back(op->name, op->value);
    Stmt result = IRMutator::visit(op);
    lets.pop_back();
    return result;
  }

  Stmt visit(const For *op) override {
    loops.push_back(op);
    FilterLoads loads(filter);
    op->body.accept(&loads);
    Stmt result;
    if (!loads.isInnermost)
      result = IRMutator::visit(op);
    else if (std::optional<Slice> slice =
                 loads.first.defined() ? sliceOf(loads.first) : std::nullopt)
      result = For::make(op->name, op->min, op->extent, op->for_type, op->partition_policy,
                         op->device_api, Block::make(fetches(*slice), op->body));
    else
      result = op;
    loops.pop_back();
    return result;
  }

  Expr withoutLets(Expr expr) const {
    for (auto let = lets.rbegin(); let != lets.rend(); ++let)
      expr = substitute(let->first, let->second, expr);
    return expr;
  }

  // By how much the place moves from one iteration of a loop to the next.
  static std::optional<int64_t> stepOf(const Expr &place, const For *loop) {
    Expr variable = Variable::make(Int(32), loop->name);
    Expr step = simplify(substitute(loop->name, variable + 1, place) - place);
    return as_const_int(step);
  }

  std::optional<Slice> sliceOf(const Expr &first) const {
    Slice slice;
    slice.begin = withoutLets(first);
    size_t at = loops.size();
    // Outwards: the taps, which lie one after the other, ...
    for (; at > 0; --at) {
      const For *loop = loops[at - 1];
      auto step = stepOf(slice.begin, loop), extent = as_const_int(loop->extent);
      if (!step || !extent || *step <= 0 || (slice.size > 0 && *step != slice.size))
        break;
      if (slice.size == 0)
        slice.bodySize = *step;
      slice.body = slice.body + (Variable::make(Int(32), loop->name) - loop->min) *
                                    static_cast<int>(slice.bodies);
      slice.bodies *= *extent;
      slice.size = *step * *extent;
      slice.begin = substitute(loop->name, loop->min, slice.begin);
    }
    // ... then the tiles, which read the same.
    size_t taps = at;
    for (; at > 0; --at) {
      const For *loop = loops[at - 1];
      auto step = stepOf(slice.begin, loop);
      if (!step || *step != 0)
        break;
      slice.tile =
          slice.tile + (Variable::make(Int(32), loop->name) - withoutLets(loop->min)) * slice.tiles;
      slice.tiles = slice.tiles * withoutLets(loop->extent);
    }
    // A fetch for less than a line would take longer than what it hides.
    slice.isStream = at == taps;
    bool isLast = at == 0 && !slice.isStream; // No other slice follows.
    if (slice.bodySize < line || isLast)
      return std::nullopt;
    return slice;
  }

  // The part of the next slice that falls to this execution of the body; where a single tile reads
  // the filter as a stream, what is read a little later.
  Stmt fetches(const Slice &slice) const {
    int bodySize = static_cast<int>(slice.bodySize), bodies = static_cast<int>(slice.bodies);
    auto linesOf = [](int64_t elements) { return (elements + line - 1) / line; };
    Expr stream = slice.begin + slice.body * bodySize + streamDistance;
    if (slice.isStream)
      return fetchesAt(stream, linesOf(bodySize));
    Expr share = simplify((bodySize + slice.tiles - 1) / slice.tiles);
    Expr part =
        slice.begin + static_cast<int>(slice.size) + (slice.tile * bodies + slice.body) * share;
    if (auto known = as_const_int(share))
      return fetchesAt(part, linesOf(*known));
    // How many tiles there are turns out at run time, and whether it is one.
    Expr isStream = slice.tiles <= 1, begin = select(isStream, stream, part);
    int64_t shared = linesOf(bodySize / 2), more = linesOf(bodySize) - shared;
    Stmt always = fetchesAt(begin, shared);
    if (more == 0)
      return always;
    Stmt others = fetchesAt(begin + static_cast<int>(shared) * line, more);
    return Block::make(always, IfThenElse::make(isStream, others));
  }

  // Fetches so many lines from this place on.
  Stmt fetchesAt(const Expr &begin, int64_t lines) const {
    Stmt result;
    for (int64_t i = 0; i < lines; ++i) {
      Stmt fetch = Evaluate::make(Call::make(
          Float(32), Call::prefetch,
          {Variable::make(Handle(), filter), simplify(begin + static_cast<int>(i) * line), 1, 1},
          Call::Intrinsic));
      result = result.defined() ? Block::make(result, fetch) : fetch;
    }
    return result;
  }

  std::string filter;
  std::vector<const For *> loops;
  std::vector<std::pair<std::string, Expr>> lets;
};

} // namespace

IRMutator *createPrefetchFilterPass(const std::string &filter) {
  return new PrefetchFilter(filter);
}

} // namespace cnnc
