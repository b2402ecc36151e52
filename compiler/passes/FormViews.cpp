// Concatenations and slices of channels as memory that kernels share, instead of kernels that copy.
//
//   1. A concatenation whose first operands are those of an earlier one begins with its result:
//      concat(a, b), concat(a, b, c) becomes ab = concat(a, b), concat(ab, c). So all of a dense
//      block, however a model spells it, is one buffer that every layer adds to and reads a prefix
//      of.
//   2. A concatenation becomes a `kernel.concat_view`: the kernels of its operands write into its
//      result. An operand that can not lie there (one of the network's inputs or outputs, a part of
//      another buffer already) is copied into it; where that is so of all of them, the
//      concatenation stays a kernel, which is one copy instead of several.
//   3. A slice of the channels of an intermediate becomes a `kernel.slice_view`.
#include "compiler/passes/Describe.h"
#include "compiler/passes/Passes.h"

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_FORMVIEWS
#include "compiler/passes/Passes.h.inc"

/// The one op of the kernel where that is an `Op`, else null.
template <typename Op> static Op onlyOp(kernel::Fused fused) {
  auto ops = fused.getBody().front().without_terminator();
  return llvm::hasSingleElement(ops) ? dyn_cast<Op>(*ops.begin()) : Op();
}

/// True where channels are dim 1 and innermost in memory, and their number is known.
static bool hasChannelsInnermost(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  bool innermost = type.getRank() == 2 || layoutOf(value) == Layout::ChannelsLast;
  return type.getRank() >= 2 && innermost && !type.isDynamicDim(1);
}

/// True of a tensor that a kernel computes, alone or with others.
static bool isIntermediate(Value value) {
  Operation *op = value.getDefiningOp();
  return op && isa<kernel::Fused, kernel::ConcatView>(op) && hasChannelsInnermost(value);
}

/// True where `value` may be a part of a larger tensor: it is not one of another yet.
static bool canBePart(Value value) {
  return isIntermediate(value) && !returnedAs(value) && viewOf(value).buffer == value;
}

// ---- Concatenations ----------------------------------------------------------------------------

/// What the kernel concatenates along the channels; empty where it does anything else.
static SmallVector<Value> concatenatedValues(kernel::Fused fused) {
  SmallVector<Value> values;
  auto concat = onlyOp<cnn::Concat>(fused);
  if (!concat || concat.getAxis() != 1 || !hasChannelsInnermost(fused.getResult()))
    return values;
  for (Value operand : concat.getInputs())
    values.push_back(fused.getInputs()[cast<BlockArgument>(operand).getArgNumber()]);
  return values;
}

namespace {

/// The concatenations seen so far, each with the values that it is made of in the end.
class Prefixes {
public:
  /// `operands`, the longest prefix that is an earlier concatenation replaced by this.
  SmallVector<Value> shorten(ArrayRef<Value> operands) {
    size_t longest = 0;
    Value prefix;
    for (const auto &[result, values] : known)
      if (values.size() > longest && values.size() <= operands.size() &&
          ArrayRef<Value>(values) == operands.take_front(values.size())) {
        longest = values.size();
        prefix = result;
      }
    SmallVector<Value> shorter(operands.drop_front(longest));
    if (prefix)
      shorter.insert(shorter.begin(), prefix);
    return shorter;
  }

  void add(Value result, ArrayRef<Value> operands) {
    known.emplace_back(result, SmallVector<Value>(operands));
  }

private:
  std::vector<std::pair<Value, SmallVector<Value>>> known;
};

} // namespace

/// A kernel that copies `value`, before `next`.
static Value copyBefore(Operation *next, Value value) {
  OpBuilder builder(next);
  auto copy = kernel::Fused::create(builder, next->getLoc(), value.getType(), value,
                                    builder.getI64IntegerAttr(0), builder.getStringAttr("cast"),
                                    nullptr, nullptr, nullptr, nullptr, nullptr);
  Block *body = builder.createBlock(&copy.getBody());
  Value input = body->addArgument(value.getType(), value.getLoc());
  Value cast = cnn::Cast::create(builder, next->getLoc(), value.getType(), input);
  kernel::Yield::create(builder, next->getLoc(), cast);
  return copy.getResult();
}

/// The view in place of the kernel `concat`; its result, or that of the kernel where it stays.
static Value formConcatView(kernel::Fused concat, SmallVector<Value> operands) {
  if (llvm::none_of(operands, canBePart))
    return concat.getResult();
  DenseSet<Value> parts;
  for (Value &operand : operands)
    if (!canBePart(operand) || !parts.insert(operand).second)
      operand = copyBefore(concat, operand);
  OpBuilder builder(concat);
  auto view = kernel::ConcatView::create(builder, concat.getLoc(), concat.getResult().getType(),
                                         operands, nullptr);
  concat.getResult().replaceAllUsesWith(view.getResult());
  concat.erase();
  return view.getResult();
}

static void formConcatViews(func::FuncOp network) {
  Prefixes prefixes;
  for (kernel::Fused fused : llvm::make_early_inc_range(network.getOps<kernel::Fused>())) {
    SmallVector<Value> operands = concatenatedValues(fused);
    if (!operands.empty())
      prefixes.add(formConcatView(fused, prefixes.shorten(operands)), operands);
  }
}

// ---- Slices ------------------------------------------------------------------------------------

/// True where the slice keeps all of each dim but the channels, and of these neighbours.
static bool slicesChannelsOnly(cnn::Slice slice) {
  for (auto [dim, size] : llvm::enumerate(cnn::sizesOf(slice.getInput()))) {
    int64_t end = slice.getEnds()[dim];
    bool toTheEnd = end == std::numeric_limits<int64_t>::max() ||
                    (cnn::known(size) && end >= *cnn::known(size));
    if (slice.getSteps()[dim] != 1 || (dim != 1 && (slice.getStarts()[dim] != 0 || !toTheEnd)))
      return false;
  }
  return true;
}

static void formSliceViews(func::FuncOp network) {
  for (kernel::Fused fused : llvm::make_early_inc_range(network.getOps<kernel::Fused>())) {
    auto slice = onlyOp<cnn::Slice>(fused);
    if (!slice || !slicesChannelsOnly(slice) || !canBePart(fused.getResult()))
      continue;
    Value input = fused.getInputs()[0];
    bool isView = input.getDefiningOp<kernel::SliceView>() != nullptr;
    if (!isView && !isIntermediate(input))
      continue;
    OpBuilder builder(fused);
    auto view = kernel::SliceView::create(builder, fused.getLoc(), fused.getResult().getType(),
                                          input, builder.getI64IntegerAttr(slice.getStarts()[1]));
    fused.getResult().replaceAllUsesWith(view.getResult());
    fused.erase();
  }
}

namespace {
struct FormViews : impl::FormViewsBase<FormViews> {
  // Slices first: a concatenation of views has to copy them.
  void runOnOperation() override {
    formSliceViews(getOperation());
    formConcatViews(getOperation());
  }
};
} // namespace
} // namespace cnnc
