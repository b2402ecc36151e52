// Computes a depthwise convolution, with what follows it, in the kernel of the 1x1 convolution
// behind it. The 1x1 convolution needs all channels of a pixel but no other pixel, so the map
// between the two need exist for a block of rows only, which stays in the L2 cache. Whether that
// pays is for the kernels to say (paysToComputeInput).
#include "compiler/passes/NetworkKernels.h"
#include "compiler/passes/Passes.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_FUSEDEPTHWISE
#include "compiler/passes/Passes.h.inc"

/// The convolution that the kernel begins with and that is its anchor, or null.
static cnn::Conv firstConv(kernel::Fused kernel) {
  return kernel && kernel.getAnchor() == 0 ? dyn_cast<cnn::Conv>(kernel.getAnchorOp())
                                           : cnn::Conv();
}

/// What the kernel's argument is outside of it.
static Value outside(kernel::Fused kernel, Value argument) {
  return kernel.getInputs()[cast<BlockArgument>(argument).getArgNumber()];
}

/// True of a kernel whose anchor sees each pixel of an image by itself, and that has no pool.
static bool isPointwise(kernel::Fused kernel) {
  cnn::Conv conv = firstConv(kernel);
  if (!conv || conv.getType().getRank() != 4 || conv.getGroups() != 1)
    return false;
  auto isOne = [](int64_t n) { return n == 1; };
  bool hasPool = llvm::any_of(kernel.getBody().front(),
                              [](Operation &op) { return op.hasTrait<cnn::WindowReduction>(); });
  return !hasPool && llvm::all_of(conv.getFilter().getType().getShape().drop_front(2), isOne) &&
         llvm::all_of(conv.getStrides(), isOne) &&
         llvm::all_of(conv.getPads(), [](int64_t pad) { return pad == 0; });
}

/// True of a kernel that can be computed a block of rows at a time in another one: its filter is
/// packed, and its input has the channels last, so that vectors of channels are read where they
/// lie.
static bool isDepthwise(kernel::Fused kernel) {
  cnn::Conv conv = firstConv(kernel);
  if (!conv || conv.getGroups() == 1)
    return false;
  ArrayRef<int64_t> filter = conv.getFilter().getType().getShape();
  return filter[1] == 1 && filter[0] == static_cast<int64_t>(conv.getGroups()) &&
         constantOf(outside(kernel, conv.getFilter())) &&
         layoutOf(outside(kernel, conv.getInput())) == Layout::ChannelsLast;
}

/// The depthwise kernel whose result the pointwise one reads, and nothing else does; or null.
static kernel::Fused depthwiseBefore(kernel::Fused pointwise) {
  Value input = firstConv(pointwise).getInput(), map = outside(pointwise, input);
  auto before = map.getDefiningOp<kernel::Fused>();
  bool isOnlyReader = input.hasOneUse() && map.hasOneUse();
  return before && isOnlyReader && isDepthwise(before) ? before : kernel::Fused();
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
static void fuse(kernel::Fused depthwise, kernel::Fused pointwise) {
  Value map = depthwise.getResult();
  SetVector<Value> inputs(llvm::from_range, depthwise.getInputs());
  for (Value input : pointwise.getInputs())
    if (input != map)
      inputs.insert(input);
  int64_t anchor = llvm::range_size(depthwise.getBody().front().without_terminator());
  OpBuilder builder(pointwise);
  auto fused = kernel::Fused::create(
      builder, pointwise.getLoc(), pointwise.getResult().getType(), inputs.getArrayRef(),
      builder.getI64IntegerAttr(anchor),
      builder.getStringAttr(depthwise.getLabel() + "+" + pointwise.getLabel()), nullptr, nullptr,
      nullptr, nullptr, nullptr);
  Block *body = builder.createBlock(&fused.getBody());
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, body->addArgument(input.getType(), input.getLoc()));
  mapping.map(map, cloneBody(depthwise, builder, mapping));
  kernel::Yield::create(builder, pointwise.getLoc(), cloneBody(pointwise, builder, mapping));
  pointwise.getResult().replaceAllUsesWith(fused.getResult());
  pointwise.erase();
  depthwise.erase();
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
    // A depthwise kernel comes before the one that takes it along, and is not met again.
    for (NetworkKernel &kernel : findKernels(getOperation(), *cpu))
      if (isPointwise(kernel.fused))
        if (kernel::Fused depthwise = depthwiseBefore(kernel.fused))
          if (paysToComputeInput(kernel.typical()))
            fuse(depthwise, kernel.fused);
  }
};
} // namespace
} // namespace cnnc
