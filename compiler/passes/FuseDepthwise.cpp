// Computes a depthwise convolution in one kernel with the 1x1 convolution before or behind it, and
// what follows either. The map between the two then need exist for a few rows only, which stay in
// the L2 cache. Which kernels can be one, and whether that pays, is for the kernels to say
// (fusionGain); one that could be fused with either neighbour is with that which gains more.
#include "compiler/passes/NetworkKernels.h"
#include "compiler/passes/Passes.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_FUSEDEPTHWISE
#include "compiler/passes/Passes.h.inc"

namespace {
/// A kernel, and the only one that reads its result, as the input of its anchor.
struct KernelPair {
  kernel::Fused first, second;
  double gain = 0; ///< Of fusing them.
};
} // namespace

/// The kernel whose result the anchor of `kernel` works on, and nothing else reads; or null.
static kernel::Fused kernelBefore(kernel::Fused kernel) {
  auto argument = dyn_cast<BlockArgument>(kernel.getAnchorOp()->getOperand(0));
  if (!argument || !argument.hasOneUse())
    return {};
  Value input = kernel.getInputs()[argument.getArgNumber()];
  return input.hasOneUse() ? input.getDefiningOp<kernel::Fused>() : kernel::Fused();
}

/// The pairs that gain by being one kernel, those that gain most first.
static SmallVector<KernelPair> findPairs(ArrayRef<NetworkKernel> kernels) {
  DenseMap<Operation *, KernelSpec> specs;
  SmallVector<KernelPair> pairs;
  for (const NetworkKernel &kernel : kernels) {
    KernelSpec spec = kernel.typical();
    if (kernel::Fused before = kernelBefore(kernel.fused))
      if (double gain = fusionGain(specs.at(before), spec); gain > 0)
        pairs.push_back({before, kernel.fused, gain});
    specs[kernel.fused] = std::move(spec);
  }
  llvm::stable_sort(pairs,
                    [](const KernelPair &a, const KernelPair &b) { return a.gain > b.gain; });
  return pairs;
}

/// Clones the kernel's ops; returns what its result is then.
static Value cloneBody(kernel::Fused kernel, OpBuilder &builder, IRMapping &mapping) {
  Block &body = kernel.getBody().front();
  for (auto [argument, input] : llvm::zip(body.getArguments(), kernel.getInputs()))
    mapping.map(argument, mapping.lookup(input));
  for (Operation &op : body.without_terminator())
    builder.clone(op, mapping);
  return mapping.lookup(body.getTerminator()->getOperand(0));
}

/// One kernel, where the pointwise one stands, instead of both.
static void fuse(kernel::Fused first, kernel::Fused second) {
  Value map = first.getResult();
  SetVector<Value> inputs(llvm::from_range, first.getInputs());
  for (Value input : second.getInputs())
    if (input != map)
      inputs.insert(input);
  int64_t anchor = llvm::range_size(first.getBody().front().without_terminator());
  OpBuilder builder(second);
  auto fused =
      kernel::Fused::create(builder, second.getLoc(), second.getResult().getType(),
                            inputs.getArrayRef(), builder.getI64IntegerAttr(anchor),
                            builder.getStringAttr(first.getLabel() + "+" + second.getLabel()),
                            nullptr, nullptr, nullptr, nullptr, nullptr);
  Block *body = builder.createBlock(&fused.getBody());
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, body->addArgument(input.getType(), input.getLoc()));
  mapping.map(map, cloneBody(first, builder, mapping));
  kernel::Yield::create(builder, second.getLoc(), cloneBody(second, builder, mapping));
  second.getResult().replaceAllUsesWith(fused.getResult());
  second.erase();
  first.erase();
}

namespace {
struct FuseDepthwise : impl::FuseDepthwiseBase<FuseDepthwise> {
  using FuseDepthwiseBase::FuseDepthwiseBase;

  void runOnOperation() override {
    const Target *cpu = findTarget(target);
    if (!cpu) {
      emitError(getOperation().getLoc()) << "unknown target '" << target << "'";
      return signalPassFailure();
    }
    SmallPtrSet<Operation *, 16> fused;
    for (const KernelPair &pair : findPairs(findKernels(getOperation(), *cpu)))
      if (!fused.contains(pair.first) && !fused.contains(pair.second)) {
        fused.insert({pair.first, pair.second});
        fuse(pair.first, pair.second);
      }
  }
};
} // namespace
} // namespace cnnc
