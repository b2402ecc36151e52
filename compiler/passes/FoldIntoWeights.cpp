// conv(x, w, b) * s = conv(x, w * s, b * s)    s per output channel, also for linear
// conv(x, w, b) + t = conv(x, w, b + t)
//
// The products of constants are left as ops for fold-constants.
#include "compiler/passes/Describe.h"
#include "compiler/passes/Passes.h"
#include "compiler/passes/Rewrite.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_FOLDINTOWEIGHTS
#include "compiler/passes/Passes.h.inc"

/// Where the output channels are among the dims of the result of conv or linear.
static int64_t channelDim(cnn::Conv) { return 1; }
static int64_t channelDim(cnn::Linear op) { return op.getType().getRank() - 1; }

/// `value` as a vector over the channels of `result`, or null: a constant that is the same, or
/// there is one number a channel, at every place.
static Value perChannel(PatternRewriter &rewriter, Value value, RankedTensorType result,
                        int64_t channelDim) {
  auto type = cast<RankedTensorType>(value.getType());
  if (!constantOf(value) || !type.hasStaticShape())
    return {};
  int64_t lead = result.getRank() - type.getRank(), channels = result.getDimSize(channelDim);
  for (int64_t i = 0; i < type.getRank(); ++i)
    if (type.getDimSize(i) != 1 && (i + lead != channelDim || type.getDimSize(i) != channels))
      return {};
  auto vector = RankedTensorType::get({type.getNumElements()}, type.getElementType());
  return cnn::Reshape::create(rewriter, value.getLoc(), vector, value);
}

/// `vector` over the first dim of a weight of this type: [K] becomes [K, 1, ...].
static Value alongFirstDim(PatternRewriter &rewriter, Value vector, RankedTensorType weight) {
  auto type = cast<RankedTensorType>(vector.getType());
  SmallVector<int64_t> shape(weight.getRank(), 1);
  shape[0] = type.getDimSize(0);
  return cnn::Reshape::create(rewriter, vector.getLoc(),
                              RankedTensorType::get(shape, type.getElementType()), vector);
}

/// A constant, or ops on constants that an earlier rewrite left for fold-constants.
static bool isConstant(Value value) {
  Operation *op = value.getDefiningOp();
  return op && (isa<cnn::Constant>(op) ||
                (op->getNumOperands() > 0 && llvm::all_of(op->getOperands(), isConstant)));
}

/// The layer with constant weights that yields `value`, if that has no other use.
template <typename LayerOp> static LayerOp foldableLayer(Value value) {
  auto layer = value.getDefiningOp<LayerOp>();
  if (!layer || !value.hasOneUse() || !isConstant(layer->getOperand(1)))
    return {};
  if (layer.getBias() && !isConstant(layer.getBias()))
    return {};
  return layer;
}

namespace {

template <typename LayerOp> struct FoldFactor : OpRewritePattern<cnn::Mul> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(cnn::Mul op, PatternRewriter &rewriter) const override {
    for (auto [value, other] : {std::pair{op.getLhs(), op.getRhs()}, {op.getRhs(), op.getLhs()}}) {
      auto layer = foldableLayer<LayerOp>(value);
      if (!layer || op.getType() != layer.getType())
        continue;
      Value factor = perChannel(rewriter, other, layer.getType(), channelDim(layer));
      if (!factor)
        continue;
      auto weight = cast<RankedTensorType>(layer->getOperand(1).getType());
      Location loc = layer.getLoc();
      Value scaled = cnn::Mul::create(rewriter, loc, layer->getOperand(1),
                                      alongFirstDim(rewriter, factor, weight));
      IRMapping mapping;
      mapping.map(layer->getOperand(1), scaled);
      if (Value bias = layer.getBias())
        mapping.map(bias, cnn::Mul::create(rewriter, loc, bias, factor));
      rewriter.replaceOp(op, rewriter.clone(*layer, mapping));
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no layer with a constant factor per channel");
  }
};

template <typename LayerOp> struct FoldSummand : OpRewritePattern<cnn::Add> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(cnn::Add op, PatternRewriter &rewriter) const override {
    for (auto [value, other] : {std::pair{op.getLhs(), op.getRhs()}, {op.getRhs(), op.getLhs()}}) {
      auto layer = foldableLayer<LayerOp>(value);
      if (!layer || op.getType() != layer.getType())
        continue;
      Value summand = perChannel(rewriter, other, layer.getType(), channelDim(layer));
      if (!summand)
        continue;
      Location loc = layer.getLoc();
      int64_t channels = layer.getType().getDimSize(channelDim(layer));
      auto vector = RankedTensorType::get({channels}, layer.getType().getElementType());
      Value bias = layer.getBias();
      if (bias)
        bias = cnn::Add::create(rewriter, loc, bias, summand);
      else if (summand.getType() == vector)
        bias = summand;
      else // One number for all channels: spread over a vector of zeros.
        bias = cnn::Add::create(
            rewriter, loc, summand,
            cnn::Constant::create(rewriter, loc,
                                  DenseElementsAttr::get(vector, rewriter.getF32FloatAttr(0)),
                                  StringAttr()));
      Operation *folded = rewriter.clone(*layer);
      if (layer.getBias())
        folded->setOperand(2, bias);
      else
        folded->insertOperands(2, bias);
      rewriter.replaceOp(op, folded);
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no layer with a constant summand per channel");
  }
};

struct FoldIntoWeights : impl::FoldIntoWeightsBase<FoldIntoWeights> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldFactor<cnn::Conv>, FoldFactor<cnn::Linear>, FoldSummand<cnn::Conv>,
                 FoldSummand<cnn::Linear>>(&getContext());
    if (failed(rewrite(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
} // namespace cnnc
