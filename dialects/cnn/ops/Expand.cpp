#include "dialects/cnn/ops/Broadcast.h"
#include "dialects/cnn/ops/Gradients.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult Expand::verify() {
  SmallVector<Size> sizes = sizesOf(getResult());
  FailureOr<SmallVector<Size>> both = broadcast(std::nullopt, sizes, sizesOf(getInput()));
  if (failed(both) || *both != sizes)
    return emitOpError() << "input " << toString(getInput().getType()) << " does not broadcast to "
                         << toString(getType());
  if (getInput().getType().getElementType() != getType().getElementType())
    return emitOpError() << "result has element type " << getType().getElementType()
                         << " but input has " << getInput().getType().getElementType();
  return success();
}

// expand to its own shape = x
OpFoldResult Expand::fold(FoldAdaptor) {
  return getInput().getType() == getType() ? getInput() : Value();
}

namespace {
/// An elementwise op broadcasts by itself: expand(x) * y = x * y, where y has the result's shape.
struct LetUserBroadcast : OpRewritePattern<Expand> {
  using OpRewritePattern::OpRewritePattern;

  static bool broadcastsTo(Value a, Value b, Type type) {
    auto sizes = broadcast(std::nullopt, sizesOf(a), sizesOf(b));
    return succeeded(sizes) && *sizes == sizesOf(cast<RankedTensorType>(type));
  }

  LogicalResult matchAndRewrite(Expand op, PatternRewriter &rewriter) const override {
    bool changed = false;
    for (OpOperand &use : llvm::make_early_inc_range(op->getUses())) {
      Operation *user = use.getOwner();
      if (!user->hasTrait<Elementwise>() || user->getNumOperands() != 2)
        continue;
      Value other = user->getOperand(1 - use.getOperandNumber());
      if (!broadcastsTo(op.getInput(), other, user->getResult(0).getType()))
        continue;
      rewriter.modifyOpInPlace(user, [&] { use.set(op.getInput()); });
      changed = true;
    }
    if (!changed)
      return rewriter.notifyMatchFailure(op, "no user that broadcasts by itself");
    return success();
  }
};
} // namespace

void Expand::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<LetUserBroadcast>(context);
}

Gradients Expand::buildGradients(OpBuilder &builder, Value gradient) {
  return SmallVector<Value>{sumToShape(builder, gradient, getInput().getType())};
}
