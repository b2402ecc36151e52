// Which tensors lie above which, found at the typical sizes, and from that, places for any sizes.
//
//   1. At the typical sizes tensors are placed one after the other, each at the lowest offset where
//      it overlaps none that is alive together with it: the larger come first, or those that live
//      when most is alive (greedy by size, greedy by breadth: Pisarchyk and Lee, "Efficient memory
//      management for deep neural net inference", 2020). While the arena is larger than what is
//      alive at any one step, those that reach beyond that take their turn earlier, and it is
//      tried again; the best of all rounds counts.
//   2. Of two tensors alive together one lies above the other. The offset of a tensor is the
//      largest end of those below it, as an expression of the sizes: a maximum over the stacks of
//      tensors that it may rest on, each a sum of their sizes. So no two overlap whatever the sizes
//      turn out to be, and at the typical ones the arena is that of step 1.
//
// Most sizes are multiples of the same few products of symbolic sizes, which makes sums of them
// comparable: of two stacks the one that is never higher needs no mention.
#include "compiler/passes/MemoryPlan.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace cnnc {

namespace {

constexpr int64_t alignment = 64;

/// A sum of sizes: constant + the sum of coefficient * atom, by the atom's text.
struct Sum {
  int64_t constant = 0;
  std::map<std::string, std::pair<int64_t, SizeExpr>> terms;

  /// What a tensor of so many bytes takes. Where these may be no multiple of 64 it is 64 more:
  /// offsets are rounded down.
  static Sum of(const SizeExpr &bytes) {
    Sum sum;
    if (bytes.isConstant()) {
      sum.constant = roundUp(bytes, alignment).value();
      return sum;
    }
    bool isProduct = bytes.kind() == SizeExpr::Mul && bytes.rhs().isConstant();
    int64_t coefficient = isProduct ? bytes.rhs().value() : 1;
    SizeExpr atom = isProduct ? bytes.lhs() : bytes;
    sum.terms[atom.toString()] = {coefficient, atom};
    sum.constant = coefficient % alignment == 0 ? 0 : alignment;
    return sum;
  }

  void add(const Sum &other) {
    constant += other.constant;
    for (const auto &[text, term] : other.terms) {
      auto [it, isNew] = terms.insert({text, term});
      if (!isNew)
        it->second.first += term.first;
    }
  }

  /// True where this is at most the other whatever the sizes.
  bool neverExceeds(const Sum &other) const {
    return constant <= other.constant &&
           std::all_of(terms.begin(), terms.end(), [&](const auto &entry) {
             auto it = other.terms.find(entry.first);
             return it != other.terms.end() && entry.second.first <= it->second.first;
           });
  }

  /// The largest multiple of 64 that is not above.
  SizeExpr roundedDown() const {
    SizeExpr sum = constant;
    bool isMultiple = constant % alignment == 0;
    for (const auto &[text, term] : terms) {
      sum = sum + term.second * term.first;
      isMultiple &= term.first % alignment == 0;
    }
    return isMultiple ? sum : floorDiv(sum, alignment) * alignment;
  }
};

/// The maximum of some sums, none of which never exceeds another.
class Maximum {
public:
  void include(const Sum &sum) {
    if (std::any_of(sums.begin(), sums.end(),
                    [&](const Sum &other) { return sum.neverExceeds(other); }))
      return;
    sums.erase(std::remove_if(sums.begin(), sums.end(),
                              [&](const Sum &other) { return other.neverExceeds(sum); }),
               sums.end());
    sums.push_back(sum);
  }

  /// As above, for each sum of `other` with `more` added.
  void include(const Maximum &other, const Sum &more) {
    for (Sum sum : other.sums) {
      sum.add(more);
      include(sum);
    }
  }

  /// The maximum, rounded down to a multiple of 64; 0 of no sums.
  SizeExpr toExpr() const {
    if (sums.empty())
      return 0;
    SizeExpr largest = sums.front().roundedDown();
    for (const Sum &sum : sums)
      largest = max(largest, sum.roundedDown());
    return largest;
  }

private:
  std::vector<Sum> sums;
};

/// Tensors at fixed sizes, and where they lie.
struct Placement {
  std::vector<int64_t> offsets;
  int64_t arenaBytes = 0;
};

} // namespace

static bool overlapInTime(const Lifetime &a, const Lifetime &b) {
  return a.begin <= b.end && b.begin <= a.end;
}

/// Each tensor in its turn at the lowest offset that is free as long as it lives.
static Placement placeInOrder(const std::vector<Lifetime> &tensors,
                              const std::vector<int64_t> &bytes, const std::vector<size_t> &order) {
  Placement placement;
  placement.offsets.resize(tensors.size());
  std::vector<size_t> placed; // In order of their offsets.
  for (size_t i : order) {
    int64_t offset = 0;
    for (size_t other : placed) {
      if (!overlapInTime(tensors[i], tensors[other]))
        continue;
      if (offset + bytes[i] <= placement.offsets[other])
        break;
      offset = std::max(offset, placement.offsets[other] + bytes[other]);
    }
    placement.offsets[i] = offset;
    placement.arenaBytes = std::max(placement.arenaBytes, offset + bytes[i]);
    auto behind = std::find_if(placed.begin(), placed.end(),
                               [&](size_t other) { return placement.offsets[other] > offset; });
    placed.insert(behind, i);
  }
  return placement;
}

/// For each tensor, the most bytes alive at any step of its life.
static std::vector<int64_t> crowds(const std::vector<Lifetime> &tensors,
                                   const std::vector<int64_t> &bytes) {
  std::vector<int64_t> alive; // At each step.
  for (size_t i = 0; i < tensors.size(); ++i) {
    alive.resize(std::max(alive.size(), static_cast<size_t>(tensors[i].end) + 1));
    for (int step = tensors[i].begin; step <= tensors[i].end; ++step)
      alive[static_cast<size_t>(step)] += bytes[i];
  }
  std::vector<int64_t> most;
  for (const Lifetime &tensor : tensors)
    most.push_back(*std::max_element(alive.begin() + tensor.begin, alive.begin() + tensor.end + 1));
  return most;
}

/// The best of what comes of an order when those that reach beyond `bound` take their turn earlier.
static Placement improve(const std::vector<Lifetime> &tensors, const std::vector<int64_t> &bytes,
                         std::vector<size_t> order, int64_t bound) {
  constexpr int rounds = 100;
  Placement best = placeInOrder(tensors, bytes, order), last = best;
  for (int round = 0; round < rounds && best.arenaBytes > bound; ++round) {
    std::stable_partition(order.begin(), order.end(),
                          [&](size_t i) { return last.offsets[i] + bytes[i] == last.arenaBytes; });
    last = placeInOrder(tensors, bytes, order);
    if (last.arenaBytes < best.arenaBytes)
      best = last;
  }
  return best;
}

static Placement placeAt(const std::vector<Lifetime> &tensors, const std::vector<int64_t> &bytes) {
  std::vector<size_t> bySize(tensors.size());
  std::iota(bySize.begin(), bySize.end(), 0);
  std::stable_sort(bySize.begin(), bySize.end(),
                   [&](size_t a, size_t b) { return bytes[a] > bytes[b]; });
  const std::vector<int64_t> crowd = crowds(tensors, bytes);
  std::vector<size_t> byCrowd = bySize;
  std::stable_sort(byCrowd.begin(), byCrowd.end(),
                   [&](size_t a, size_t b) { return crowd[a] > crowd[b]; });
  const int64_t bound = crowd.empty() ? 0 : *std::max_element(crowd.begin(), crowd.end());
  Placement best = improve(tensors, bytes, bySize, bound);
  if (best.arenaBytes == bound)
    return best;
  Placement other = improve(tensors, bytes, byCrowd, bound);
  return other.arenaBytes < best.arenaBytes ? other : best;
}

MemoryPlan planMemory(const std::vector<Lifetime> &tensors,
                      const std::vector<int64_t> &typicalSizes) {
  std::vector<int64_t> bytes;
  for (const Lifetime &tensor : tensors)
    bytes.push_back(roundUp(tensor.bytes, alignment).evaluate(typicalSizes));
  const Placement placement = placeAt(tensors, bytes);

  std::vector<size_t> upward(tensors.size());
  std::iota(upward.begin(), upward.end(), 0);
  std::stable_sort(upward.begin(), upward.end(),
                   [&](size_t a, size_t b) { return placement.offsets[a] < placement.offsets[b]; });
  std::vector<Maximum> begins(tensors.size());
  Maximum end;
  end.include(Sum());
  MemoryPlan plan;
  plan.offsets.resize(tensors.size());
  for (auto tensor = upward.begin(); tensor != upward.end(); ++tensor) {
    begins[*tensor].include(Sum());
    for (auto below = upward.begin(); below != tensor; ++below)
      if (overlapInTime(tensors[*tensor], tensors[*below]))
        begins[*tensor].include(begins[*below], Sum::of(tensors[*below].bytes));
    end.include(begins[*tensor], Sum::of(tensors[*tensor].bytes));
    plan.offsets[*tensor] = begins[*tensor].toExpr();
  }
  plan.arenaBytes = end.toExpr();
  return plan;
}

} // namespace cnnc
