// Gives every intermediate tensor its place: "output K" for what the network returns, else an
// offset in the arena that all intermediates share (MemoryPlan.cpp).
//
// What shares memory has one place: that of the value in which the others lie, alive from the first
// kernel that writes a part of it to the last that reads one.
#include "compiler/passes/MemoryPlan.h"

#include "compiler/frontend/NetworkFunction.h"
#include "compiler/passes/Describe.h"
#include "compiler/passes/Passes.h"

#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_PLANMEMORY
#include "compiler/passes/Passes.h.inc"

/// Symbolic sizes first, then the known ones as one number: a size of the form coefficient * atom.
static SizeExpr bytesOf(RankedTensorType type) {
  SizeExpr atom = 1;
  int64_t coefficient = sizeInBytes(toElementType(type.getElementType()));
  for (cnn::Size size : cnn::sizesOf(type))
    if (std::optional<int64_t> known = cnn::known(size))
      coefficient *= *known;
    else
      atom = atom * toSizeExpr(size);
  return atom * coefficient;
}

namespace {
struct PlanMemory : impl::PlanMemoryBase<PlanMemory> {
  void runOnOperation() override {
    func::FuncOp network = getOperation();
    Builder builder(&getContext());
    llvm::MapVector<Value, Lifetime> buffers = findBuffers(network);
    std::vector<Lifetime> tensors;
    for (const auto &[buffer, lifetime] : buffers)
      tensors.push_back(lifetime);
    MemoryPlan plan = planMemory(tensors, getTypicalSizes(network));
    for (const auto &[entry, offset] : llvm::zip(buffers, plan.offsets))
      setPlace(entry.first, offset.toString());
    network->setAttr("kernel.arena", builder.getStringAttr(plan.arenaBytes.toString()));
  }

  /// What lies in the arena; the network's outputs get their places.
  llvm::MapVector<Value, Lifetime> findBuffers(func::FuncOp network) {
    llvm::MapVector<Value, Lifetime> buffers;
    int step = 0;
    for (kernel::Fused fused : network.getOps<kernel::Fused>()) {
      use(fused.getResult(), step, buffers);
      for (Value input : fused.getInputs())
        use(input, step, buffers);
      ++step;
    }
    return buffers;
  }

  /// Notes that a kernel writes or reads `value`.
  void use(Value value, int step, llvm::MapVector<Value, Lifetime> &buffers) {
    Value buffer = viewOf(value).buffer;
    if (isa<BlockArgument>(buffer) || constantOf(buffer))
      return;
    if (std::optional<unsigned> output = returnedAs(buffer))
      return setPlace(buffer, "output " + std::to_string(*output));
    Lifetime first{step, step, 0};
    auto [it, isNew] = buffers.insert({buffer, first});
    if (isNew)
      it->second.bytes = bytesOf(cast<RankedTensorType>(buffer.getType()));
    it->second.end = step;
  }

  void setPlace(Value buffer, const std::string &place) {
    buffer.getDefiningOp()->setAttr("place", StringAttr::get(&getContext(), place));
  }
};
} // namespace
} // namespace cnnc
