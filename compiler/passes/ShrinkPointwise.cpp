// A pointwise convolution sees each pixel by itself, so what drops or averages pixels may as well
// come before it, which then has fewer:
//
//     conv1x1(x, stride s)     = conv1x1(x[every s-th pixel])      a copy, and pixels side by side
//     avg_pool(conv1x1(x))     = conv1x1(avg_pool(x))              windows that do not leave x
//
// Every s-th pixel is what a max_pool with windows of one pixel takes.
#include "compiler/passes/Passes.h"
#include "compiler/passes/Rewrite.h"
#include "dialects/cnn/CNNDialect.h"

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_SHRINKPOINTWISE
#include "compiler/passes/Passes.h.inc"

/// True where windows cover elements of the input only.
template <typename WindowOp> static bool staysInside(WindowOp op) {
  return op.getAutoPad() == "explicit" && cnn::allEqual(op.getPads(), 0);
}

/// True of a convolution whose windows are single pixels and that has no padding around them.
static bool isPointwise(cnn::Conv conv) {
  return cnn::allEqual(conv.getFilter().getType().getShape().drop_front(2), 1) && staysInside(conv);
}

/// `conv` with stride 1 over another input.
static cnn::Conv pointwiseOver(OpBuilder &builder, cnn::Conv conv, Value input, Type result) {
  auto shrunk = cast<cnn::Conv>(builder.clone(*conv));
  shrunk->setOperand(0, input);
  shrunk.setStrides(SmallVector<int64_t>(conv.getStrides().size(), 1));
  shrunk.getResult().setType(cast<RankedTensorType>(result));
  return shrunk;
}

namespace {

struct DropPixelsFirst : OpRewritePattern<cnn::Conv> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(cnn::Conv conv, PatternRewriter &rewriter) const override {
    if (!isPointwise(conv) || cnn::allEqual(conv.getStrides(), 1))
      return rewriter.notifyMatchFailure(conv, "no pointwise convolution with a stride");
    SmallVector<int64_t> ones(conv.getStrides().size(), 1), none(2 * ones.size(), 0);
    auto pixels = cnn::MaxPool::create(rewriter, conv.getLoc(), conv.getInput(), ones,
                                       conv.getStrides(), ones, none);
    rewriter.replaceOp(conv, pointwiseOver(rewriter, conv, pixels, conv.getType()));
    return success();
  }
};

struct AverageFirst : OpRewritePattern<cnn::AvgPool> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(cnn::AvgPool pool, PatternRewriter &rewriter) const override {
    auto conv = pool.getInput().getDefiningOp<cnn::Conv>();
    if (!conv || !conv->hasOneUse() || !isPointwise(conv) || !cnn::allEqual(conv.getStrides(), 1))
      return rewriter.notifyMatchFailure(pool, "not behind a pointwise convolution alone");
    // A partial window has its own number of elements; where strides overlap, pixels become more.
    if (!staysInside(pool) || pool.getCeilMode() || cnn::allEqual(pool.getStrides(), 1))
      return rewriter.notifyMatchFailure(pool, "windows leave the input, or pixels stay as many");
    auto average = cast<cnn::AvgPool>(rewriter.clone(*pool));
    average->setOperand(0, conv.getInput());
    SmallVector<cnn::Size> sizes = cnn::sizesOf(pool);
    sizes[1] = cnn::sizesOf(conv.getInput())[1];
    average.getResult().setType(cnn::tensorOf(sizes, pool.getType().getElementType()));
    rewriter.replaceOp(pool, pointwiseOver(rewriter, conv, average, pool.getType()));
    return success();
  }
};

struct ShrinkPointwise : impl::ShrinkPointwiseBase<ShrinkPointwise> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<DropPixelsFirst, AverageFirst>(&getContext());
    if (failed(rewrite(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
} // namespace cnnc
