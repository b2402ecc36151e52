// Elementwise kernels whose result overwrites an input: the first that has the result's type and
// layout, fills its memory alone and is read by no kernel behind, neither it nor a part of it; nor
// does the kernel itself read a part of it beside. A result that is to lie where an argument of the
// function lies (a parameter after a step of the optimizer) overwrites that.
#include "compiler/passes/BorderPlaces.h"
#include "compiler/passes/Describe.h"
#include "compiler/passes/Passes.h"

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_COMPUTEINPLACE
#include "compiler/passes/Passes.h.inc"

/// True where each element of the result depends on elements of the same place alone.
static bool isElementwise(kernel::Fused fused) {
  return llvm::all_of(fused.getBody().front().without_terminator(), [](Operation &op) {
    return op.hasTrait<cnn::Elementwise>() && !isa<cnn::Cast>(op);
  });
}

/// The last kernel that reads each buffer, or a part of it.
static DenseMap<Value, Operation *> findLastReaders(func::FuncOp network) {
  DenseMap<Value, Operation *> readers;
  for (kernel::Fused fused : network.getOps<kernel::Fused>())
    for (Value input : fused.getInputs())
      readers[viewOf(input).buffer] = fused;
  return readers;
}

/// The input whose place the result of `fused` is to have at the function's border, or none.
static std::optional<int64_t> findOverwrittenArgument(kernel::Fused fused) {
  std::optional<unsigned> output = returnedAs(fused.getResult());
  auto place = output ? getResultPlace(fused->getParentOfType<func::FuncOp>(), *output)
                      : std::optional<BorderPlace>();
  for (auto [i, input] : llvm::enumerate(fused.getInputs()))
    if (auto argument = dyn_cast<BlockArgument>(input); place && argument)
      if (getPlace(argument) == place)
        return static_cast<int64_t>(i);
  return std::nullopt;
}

namespace {
struct ComputeInPlace : impl::ComputeInPlaceBase<ComputeInPlace> {
  void runOnOperation() override {
    lastReaders = findLastReaders(getOperation());
    for (kernel::Fused fused : getOperation().getOps<kernel::Fused>()) {
      if (std::optional<int64_t> argument = findOverwrittenArgument(fused)) {
        assert(isElementwise(fused) && lastReaders.lookup(fused.getInputs()[*argument]) == fused &&
               "what is overwritten is read elementwise and by nobody behind");
        fused.setInPlace(*argument);
        continue;
      }
      if (!isElementwise(fused) || returnedAs(fused.getResult()) ||
          viewOf(fused.getResult()).buffer != fused.getResult())
        continue;
      for (auto [i, input] : llvm::enumerate(fused.getInputs()))
        if (canOverwrite(fused, input)) {
          overwrite(fused, static_cast<int64_t>(i));
          break;
        }
    }
  }

  bool canOverwrite(kernel::Fused fused, Value input) const {
    Operation *owner = input.getDefiningOp();
    bool computed = owner && isa<kernel::Fused, kernel::ConcatView>(owner);
    View view = viewOf(input);
    return computed && !returnedAs(input) && input.getType() == fused.getResult().getType() &&
           view.buffer.getType() == input.getType() && !returnedAs(view.buffer) &&
           lastReaders.lookup(view.buffer) == fused &&
           llvm::count_if(fused.getInputs(),
                          [&](Value other) { return viewOf(other).buffer == view.buffer; }) == 1;
  }

  void overwrite(kernel::Fused fused, int64_t input) {
    Value buffer = viewOf(fused.getInputs()[input]).buffer;
    Operation *last = lastReaders.lookup(fused.getResult());
    fused.setInPlace(input);
    lastReaders[buffer] = last ? last : fused;
  }

  DenseMap<Value, Operation *> lastReaders;
};
} // namespace
} // namespace cnnc
