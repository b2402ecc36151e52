// Gives every intermediate tensor its place: "output K" for what the network returns, else an
// offset in the arena that all intermediates share.
//
//   1. A tensor is alive from the kernel that writes it to the last one that reads it.
//   2. Sizes all known: tensors are placed by decreasing size, each at the lowest offset where it
//      overlaps no tensor that is alive together with it (greedy by size: Pisarchyk and Lee,
//      "Efficient memory management for deep neural net inference", 2020).
//   3. Sizes symbolic: by decreasing typical size, each tensor takes a slot that no tensor alive
//      together with it has, preferring the slot that grows the least; a slot is as large as its
//      largest tensor at run time, and slots lie one behind the other. No two tensors alive
//      together overlap, whatever the sizes turn out to be.
#include "compiler/passes/MemoryPlan.h"

#include "compiler/frontend/NetworkFunction.h"
#include "compiler/passes/Describe.h"
#include "compiler/passes/Passes.h"

#include <algorithm>
#include <numeric>

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_PLANMEMORY
#include "compiler/passes/Passes.h.inc"

static bool overlapInTime(const Lifetime &a, const Lifetime &b) {
  return a.begin <= b.end && b.begin <= a.end;
}

static std::vector<size_t> byDecreasingSize(const std::vector<Lifetime> &tensors,
                                            const std::vector<int64_t> &typicalSizes) {
  std::vector<int64_t> bytes;
  for (const Lifetime &tensor : tensors)
    bytes.push_back(tensor.bytes.evaluate(typicalSizes));
  std::vector<size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return bytes[a] > bytes[b]; });
  return order;
}

static MemoryPlan placeKnown(const std::vector<Lifetime> &tensors) {
  MemoryPlan plan;
  plan.offsets.resize(tensors.size());
  std::vector<size_t> placed; // In order of their offsets.
  int64_t end = 0;
  for (size_t i : byDecreasingSize(tensors, {})) {
    int64_t offset = 0, size = tensors[i].bytes.value();
    for (size_t other : placed) {
      if (!overlapInTime(tensors[i], tensors[other]))
        continue;
      int64_t from = plan.offsets[other].value();
      if (offset + size <= from)
        break;
      offset = std::max(offset, from + tensors[other].bytes.value());
    }
    plan.offsets[i] = offset;
    end = std::max(end, offset + size);
    auto behind = std::find_if(placed.begin(), placed.end(),
                               [&](size_t other) { return plan.offsets[other].value() > offset; });
    placed.insert(behind, i);
  }
  plan.arenaBytes = end;
  return plan;
}

static MemoryPlan placeInSlots(const std::vector<Lifetime> &tensors,
                               const std::vector<int64_t> &typicalSizes) {
  std::vector<std::vector<size_t>> slots;
  std::vector<SizeExpr> slotBytes;
  std::vector<size_t> slotOf(tensors.size());
  for (size_t i : byDecreasingSize(tensors, typicalSizes)) {
    // Slots were opened by tensors at least as large: the last that is free wastes the least.
    size_t chosen = slots.size();
    for (size_t s = 0; s < slots.size(); ++s)
      if (llvm::none_of(slots[s], [&](size_t o) { return overlapInTime(tensors[i], tensors[o]); }))
        chosen = s;
    if (chosen == slots.size()) {
      slots.emplace_back();
      slotBytes.push_back(tensors[i].bytes);
    }
    slots[chosen].push_back(i);
    bool seen = llvm::any_of(
        slots[chosen], [&](size_t o) { return o != i && tensors[o].bytes == tensors[i].bytes; });
    if (!seen)
      slotBytes[chosen] = max(slotBytes[chosen], tensors[i].bytes);
    slotOf[i] = chosen;
  }
  std::vector<SizeExpr> begins;
  SizeExpr end = 0;
  for (const SizeExpr &bytes : slotBytes) {
    begins.push_back(end);
    end = end + bytes;
  }
  MemoryPlan plan;
  for (size_t i = 0; i < tensors.size(); ++i)
    plan.offsets.push_back(begins[slotOf[i]]);
  plan.arenaBytes = end;
  return plan;
}

MemoryPlan planMemory(const std::vector<Lifetime> &tensors,
                      const std::vector<int64_t> &typicalSizes) {
  bool known = llvm::all_of(tensors, [](const Lifetime &t) { return t.bytes.isConstant(); });
  return known ? placeKnown(tensors) : placeInSlots(tensors, typicalSizes);
}

SizeExpr bytesOf(RankedTensorType type) {
  SizeExpr bytes = sizeInBytes(toElementType(type.getElementType()));
  for (cnn::Size size : cnn::sizesOf(type))
    bytes = bytes * toSizeExpr(size);
  return roundUp(bytes, 64);
}

namespace {
struct PlanMemory : impl::PlanMemoryBase<PlanMemory> {
  void runOnOperation() override {
    func::FuncOp network = getOperation();
    Builder builder(&getContext());
    DenseMap<Operation *, int> time;
    for (auto [i, op] : llvm::enumerate(network.getBody().front()))
      time[&op] = static_cast<int>(i);

    std::vector<Lifetime> tensors;
    std::vector<kernel::Fused> owners;
    for (kernel::Fused fused : network.getOps<kernel::Fused>()) {
      if (std::optional<unsigned> output = returnedAs(fused)) {
        fused.setPlace("output " + std::to_string(*output));
        continue;
      }
      int end = time[fused];
      for (Operation *user : fused->getUsers())
        end = std::max(end, time[user]);
      tensors.push_back({time[fused], end, bytesOf(cast<RankedTensorType>(fused.getType()))});
      owners.push_back(fused);
    }
    MemoryPlan plan = planMemory(tensors, getTypicalSizes(network));
    for (auto [fused, offset] : llvm::zip(owners, plan.offsets))
      fused.setPlace(offset.toString());
    network->setAttr("kernel.arena", builder.getStringAttr(plan.arenaBytes.toString()));
  }

  /// The number of the network's result that this kernel writes.
  static std::optional<unsigned> returnedAs(kernel::Fused fused) {
    for (OpOperand &use : fused->getUses())
      if (isa<func::ReturnOp>(use.getOwner()))
        return use.getOperandNumber();
    return std::nullopt;
  }
};
} // namespace
} // namespace cnnc
