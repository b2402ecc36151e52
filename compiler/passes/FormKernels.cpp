// Groups the ops of a network into kernels. Which ops go together is decided here, how they are
// computed is the anchor's business (compiler/kernels).
//
//   1. A value of the network that the caller wants in another layout gets a copy of its own. So
//   does
//      what is cheaper to compute once more than to keep.
//   2. From each anchor (conv, linear, matmul) the group grows forward, over elementwise ops of the
//      same shape, as far as nothing but its last result is used by others; their other operands
//      become inputs of the kernel. At last one pool. A depth_to_space grows so, too.
//   3. A convolution takes along what is left of elementwise ops before it, and nearest resizes; of
//      a filter that is known only at run time also what turns it (for the gradient of its input).
//   4. A reduction takes along elementwise ops before it; those that are left form chains as in 2.
//   5. Every other op is a kernel by itself.
//   6. A kernel takes along elementwise ops that make the other operands of its own.
//
// The kernel stands where the last op of its group stood: all its inputs are computed by then.
#include "compiler/frontend/NetworkFunction.h"
#include "compiler/passes/Describe.h"
#include "compiler/passes/Passes.h"

#include "mlir/IR/IRMapping.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_FORMKERNELS
#include "compiler/passes/Passes.h.inc"

static bool isReduction(Operation *op) {
  return isa<cnn::ReduceSum, cnn::ReduceMean, cnn::ReduceMax>(op);
}

/// What the ops of one kernel are called: "conv+relu".
static std::string labelOf(ArrayRef<Operation *> group) {
  auto names = llvm::map_range(group, [](Operation *op) { return op->getName().stripDialect(); });
  return llvm::join(names, "+");
}

/// The one op that uses `value`, or null where there are more uses or the network returns it.
static Operation *singleUser(Value value) {
  if (!value.hasOneUse() && !llvm::all_equal(value.getUsers()))
    return nullptr;
  Operation *user = value.use_empty() ? nullptr : *value.user_begin();
  return user && !isa<func::ReturnOp>(user) ? user : nullptr;
}

/// A cast that changes nothing but the layout.
static bool isCopy(Operation *op) {
  return isa<cnn::Cast>(op) && op->getOperand(0).getType() == op->getResult(0).getType();
}

/// True of an elementwise op of a few instructions that reads a single tensor of its result's size,
/// one that others read, too: who computes it once more reads no more than who reads its result.
static bool isCheap(Operation *op) {
  auto isFull = [&](Value operand) {
    return cnn::sizesOf(operand) == cnn::sizesOf(op->getResult(0));
  };
  if (llvm::any_of(op->getOperands(), [&](Value operand) {
        return isFull(operand) && operand.hasOneUse() && operand.getDefiningOp();
      }))
    return false;
  return op->hasTrait<cnn::Elementwise>() &&
         !isa<cnn::Cast, cnn::Div, cnn::Exp, cnn::Log, cnn::Pow, cnn::Sigmoid, cnn::Silu, cnn::Sqrt,
              cnn::Tanh>(op) &&
         llvm::count_if(op->getOperands(), isFull) == 1;
}

/// True where `op` can follow `value` in a kernel: elementwise on elements of the same place. A
/// copy stays by itself, or the kernel before it would write its vectors element by element.
static bool isElementwiseOn(Operation *op, Value value) {
  if (isCopy(op))
    return false;
  auto from = cast<RankedTensorType>(value.getType());
  auto to = cast<RankedTensorType>(op->getResult(0).getType());
  return op->hasTrait<cnn::Elementwise>() && cnn::sizesOf(from) == cnn::sizesOf(to);
}

/// True where a pool may join the kernel of `anchor`. Depthwise convolutions are excepted: they do
/// too little for their result to be worth keeping in registers.
static bool takesPool(Operation *anchor) {
  auto conv = dyn_cast<cnn::Conv>(anchor);
  return conv && (conv.getGroups() == 1 || conv.getFilter().getType().getDimSize(1) > 1);
}

/// True where ops outside of the group, or the network's caller, use `value`.
static bool isUsedOutside(Value value, ArrayRef<Operation *> group) {
  return llvm::any_of(value.getUsers(),
                      [&](Operation *user) { return !llvm::is_contained(group, user); });
}

/// The first op in the block that could go with the group: elementwise on a result that has users
/// outside. Null where there is none.
static Operation *nextElementwise(ArrayRef<Operation *> group, const DenseSet<Operation *> &taken) {
  Operation *next = nullptr;
  for (Operation *member : group)
    for (Operation *user : member->getUsers())
      if (!isa<func::ReturnOp>(user) && !llvm::is_contained(group, user) && !taken.contains(user) &&
          isElementwiseOn(user, member->getResult(0)) && (!next || user->isBeforeInBlock(next)))
        next = user;
  return next;
}

/// The longest group of an op and elementwise ops behind it of which nothing but the last result is
/// used outside: x * sigmoid(x), of which each op by itself is not the only one to use x, included.
static SmallVector<Operation *> growOverElementwise(Operation *first,
                                                    const DenseSet<Operation *> &taken) {
  constexpr size_t lookahead = 8;
  SmallVector<Operation *> group = {first};
  size_t complete = 1;
  while (group.size() < complete + lookahead) {
    Operation *next = nextElementwise(group, taken);
    if (!next)
      break;
    group.push_back(next);
    ArrayRef<Operation *> inner = ArrayRef(group).drop_back();
    if (llvm::none_of(inner, [&](Operation *op) { return isUsedOutside(op->getResult(0), group); }))
      complete = group.size();
  }
  group.truncate(complete);
  return group;
}

/// The group that starts at `first`, in order; no op of it is in `taken`.
static SmallVector<Operation *> growGroup(Operation *first, const DenseSet<Operation *> &taken) {
  if (!first->hasTrait<cnn::Anchor>() && !first->hasTrait<cnn::Elementwise>())
    return {first};
  // An addition of two convolutions' results goes with the first.
  SmallVector<Operation *> group = growOverElementwise(first, taken);
  Operation *user = singleUser(group.back()->getResult(0));
  if (user && !taken.contains(user) && takesPool(first) && user->hasTrait<cnn::WindowReduction>())
    group.push_back(user);
  return group;
}

/// True where elementwise ops before a convolution may be computed in its kernel, into a copy of
/// its input: each of their results must go into many products for that to be cheap.
static bool hasManyProducts(cnn::Conv conv) {
  return conv.getFilter().getType().getDimSize(0) / conv.getGroups() >= 16;
}

/// True of a resize that only repeats or drops elements. It costs no more than the copy that it
/// goes into, so that a map made larger for a convolution never exists in full.
static bool isNearest(Operation *op) {
  auto resize = dyn_cast<cnn::Resize>(op);
  return resize && resize.getMode() == "nearest";
}

/// The ops, in order, that lead to the convolution's input and to nothing else: elementwise ones,
/// and resizes before them. What is before a resize stays there, where it has fewer elements.
static SmallVector<Operation *> growBefore(cnn::Conv conv, const DenseSet<Operation *> &taken) {
  SmallVector<Operation *> group = {conv};
  SmallVector<Value> open = {conv.getInput()};
  while (!open.empty()) {
    Value value = open.pop_back_val();
    Operation *op = value.getDefiningOp();
    if (!op || taken.contains(op) || llvm::is_contained(group, op) || isUsedOutside(value, group) ||
        cnn::sizesOf(value) != cnn::sizesOf(conv.getInput()))
      continue;
    bool isElementwise = op->hasTrait<cnn::Elementwise>() && !isCopy(op) && hasManyProducts(conv);
    if (!isElementwise && !isNearest(op))
      continue;
    group.push_back(op);
    if (isElementwise)
      open.append(op->operand_begin(), op->operand_end());
  }
  llvm::sort(group, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  group.pop_back();
  return group;
}

/// The ops, in order, that only move the elements of the convolution's filter: they cost nothing
/// where the filter is packed. Ops that others use, too, are copied.
static SmallVector<Operation *> growFilter(cnn::Conv conv) {
  SmallVector<Operation *> group;
  OpOperand *use = &conv.getFilterMutable();
  while (Operation *op = use->get().getDefiningOp()) {
    if (!isa<cnn::Transpose, cnn::Flip, cnn::Reshape, cnn::Slice, cnn::Pad>(op))
      break;
    if (!op->hasOneUse()) {
      op = OpBuilder(op).clone(*op);
      use->set(op->getResult(0));
    }
    group.insert(group.begin(), op);
    use = &op->getOpOperand(0);
  }
  return group;
}

/// Moves the group into a kernel.fused at the place of its last op.
static void fuse(ArrayRef<Operation *> group, int64_t anchor) {
  Operation *last = group.back();
  SetVector<Value> inputs;
  for (Operation *op : group)
    for (Value operand : op->getOperands())
      if (!llvm::is_contained(group, operand.getDefiningOp()))
        inputs.insert(operand);
  OpBuilder builder(last);
  auto fused = kernel::Fused::create(builder, group[anchor]->getLoc(), last->getResult(0).getType(),
                                     inputs.getArrayRef(), builder.getI64IntegerAttr(anchor),
                                     builder.getStringAttr(labelOf(group)), nullptr, nullptr,
                                     nullptr, nullptr, nullptr);
  Block *body = builder.createBlock(&fused.getBody());
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, body->addArgument(input.getType(), input.getLoc()));
  for (Operation *op : group)
    builder.clone(*op, mapping);
  kernel::Yield::create(builder, last->getLoc(), mapping.lookup(last->getResult(0)));
  last->getResult(0).replaceAllUsesWith(fused.getResult());
  for (Operation *op : llvm::reverse(group))
    op->erase();
}

/// True of an op whose kernel can take along an elementwise one that makes its operand `value`.
static bool takesOperand(Operation *op, Value value) {
  return isElementwiseOn(op, value) || isReduction(op);
}

/// Gives each user of a cheap op one of its own, where all can take it along: it is never stored.
static void repeatCheapOps(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
    if (op.getNumResults() != 1 || !isCheap(&op))
      continue;
    Value value = op.getResult(0);
    SmallVector<OpOperand *> uses;
    for (OpOperand &use : value.getUses())
      uses.push_back(&use);
    if (uses.size() < 2 ||
        !llvm::all_of(uses, [&](OpOperand *use) { return takesOperand(use->getOwner(), value); }))
      continue;
    llvm::SmallDenseMap<Operation *, Value> own = {{uses.front()->getOwner(), value}};
    for (OpOperand *use : uses) {
      Value &copy = own[use->getOwner()];
      if (!copy)
        copy = OpBuilder(&op).clone(op)->getResult(0);
      use->set(copy);
    }
  }
}

/// Adds to the group the elementwise ops that nobody else uses and that make operands of its own
/// ones. The first op of an anchor's group reads its operands in its own way.
static void takeOperands(SmallVectorImpl<Operation *> &group, Operation *anchor,
                         const DenseSet<Operation *> &taken) {
  for (size_t i = 0; i < group.size(); ++i) {
    Operation *member = group[i];
    if (member == anchor && !isReduction(member) && !member->hasTrait<cnn::Elementwise>())
      continue;
    for (Value operand : member->getOperands()) {
      Operation *op = operand.getDefiningOp();
      if (op && op->hasTrait<cnn::Elementwise>() && !isCopy(op) && !taken.contains(op) &&
          !llvm::is_contained(group, op) && takesOperand(member, operand) &&
          !isUsedOutside(operand, group))
        group.push_back(op);
    }
  }
  llvm::sort(group, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
}

/// Where the network returns something that no kernel writes as the caller wants it (an input, a
/// constant, a value once more, another layout than intermediates have): returns a copy.
static void copyReturnedValues(func::FuncOp network) {
  auto returned = cast<func::ReturnOp>(network.getBody().front().getTerminator());
  OpBuilder builder(returned);
  DenseSet<Value> kept;
  for (auto [output, operand] : llvm::zip(getOutputs(network), returned->getOpOperands())) {
    Value value = output.value;
    bool computed = value.getDefiningOp() && !constantOf(value);
    // The gradient of a filter is turned in its kernel in any case.
    bool natural = output.channelsLast || output.type.getRank() < 3 ||
                   value.getDefiningOp<cnn::ConvFilterGrad>();
    if (computed && natural && kept.insert(value).second)
      continue;
    operand.set(cnn::Cast::create(builder, value.getLoc(), value.getType(), value));
  }
}

namespace {
struct FormKernels : impl::FormKernelsBase<FormKernels> {
  void runOnOperation() override {
    Block &block = getOperation().getBody().front();
    copyReturnedValues(getOperation());
    repeatCheapOps(block);
    fuseFrom(block, [](Operation &op) { return op.hasTrait<cnn::Anchor>(); });
    fuseFrom(block, [](Operation &op) { return isReduction(&op); });
    fuseFrom(block, [](Operation &op) { return !isa<cnn::Constant>(op); });
  }

  /// Forms a kernel from each op that `isFirst` accepts and no kernel has taken yet.
  void fuseFrom(Block &block, function_ref<bool(Operation &)> isFirst) {
    SmallVector<SmallVector<Operation *>> groups;
    DenseSet<Operation *> taken;
    for (Operation &op : block) {
      if (!isa<cnn::CNNDialect>(op.getDialect()) || taken.contains(&op) || !isFirst(op))
        continue;
      groups.push_back(growGroup(&op, taken));
      taken.insert(groups.back().begin(), groups.back().end());
    }
    for (SmallVector<Operation *> &group : groups) {
      Operation *anchor = group.front();
      takeOperands(group, anchor, taken);
      taken.insert(group.begin(), group.end());
      SmallVector<Operation *> before;
      if (auto conv = dyn_cast<cnn::Conv>(anchor)) {
        before = growBefore(conv, taken);
        before.append(growFilter(conv));
        taken.insert(before.begin(), before.end());
      }
      group.insert(group.begin(), before.begin(), before.end());
      fuse(group, llvm::find(group, anchor) - group.begin());
    }
  }
};
} // namespace
} // namespace cnnc
