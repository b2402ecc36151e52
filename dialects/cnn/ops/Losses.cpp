// The losses: names for formulas of other ops, whose gradients are theirs.
#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

//===-- Shapes --------------------------------------------------------------===//

static bool haveEqualSizes(ArrayRef<Size> a, ArrayRef<Size> b) {
  return a.size() == b.size() && llvm::equal(a, b, equalIfDivisible);
}

/// A number of the prediction's type, from a target of the shape `expected`.
static LogicalResult inferLoss(std::optional<Location> loc, Value prediction, Value target,
                               ArrayRef<Size> expected, SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(target.getType());
  if (!haveEqualSizes(sizesOf(type), expected))
    return emitOptionalError(loc, "target is ", toString(type), " but the prediction calls for ",
                             toString(expected));
  types.push_back(
      RankedTensorType::get({}, cast<RankedTensorType>(prediction.getType()).getElementType()));
  return success();
}

/// Of a loss that compares elements of the same place.
static LogicalResult inferElementLoss(std::optional<Location> loc, Value prediction, Value target,
                                      SmallVectorImpl<Type> &types) {
  Type element = cast<RankedTensorType>(prediction.getType()).getElementType(),
       other = cast<RankedTensorType>(target.getType()).getElementType();
  if (element != other)
    return emitOptionalError(loc, "target has element type ", other, " but the prediction has ",
                             element);
  return inferLoss(loc, prediction, target, sizesOf(prediction), types);
}

LogicalResult CrossEntropy::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                             SmallVectorImpl<Type> &types) {
  auto logits = cast<RankedTensorType>(op.getLogits().getType());
  int64_t axis = op.getAxis();
  if (axis < 0 || axis >= logits.getRank())
    return emitOptionalError(loc, "axis is ", axis, " but logits have ", logits.getRank(), " dims");
  Type target = cast<RankedTensorType>(op.getTarget().getType()).getElementType();
  if (isa<FloatType>(target))
    return inferElementLoss(loc, op.getLogits(), op.getTarget(), types);
  if (!target.isInteger(32) && !target.isInteger(64))
    return emitOptionalError(loc, "labels must be i32 or i64 but are ", target);
  if (logits.isDynamicDim(axis))
    return emitOptionalError(loc, "the number of classes must be known, but logits are ",
                             toString(logits));
  SmallVector<Size> sizes = sizesOf(logits);
  sizes.erase(sizes.begin() + axis);
  return inferLoss(loc, op.getLogits(), op.getTarget(), sizes, types);
}

#define ELEMENT_LOSS(Op, prediction)                                                               \
  LogicalResult Op::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,       \
                                     SmallVectorImpl<Type> &types) {                               \
    return inferElementLoss(loc, op.prediction(), op.getTarget(), types);                          \
  }
ELEMENT_LOSS(BinaryCrossEntropy, getLogits)
ELEMENT_LOSS(MeanSquaredError, getPrediction)
ELEMENT_LOSS(MeanAbsoluteError, getPrediction)
ELEMENT_LOSS(Huber, getPrediction)
#undef ELEMENT_LOSS

LogicalResult Dice::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                     SmallVectorImpl<Type> &types) {
  int64_t rank = cast<RankedTensorType>(op.getPrediction().getType()).getRank();
  if (rank < 3)
    return emitOptionalError(loc,
                             "prediction must have batch, channels and at least one spatial dim, "
                             "but has ",
                             rank, " dims");
  return inferElementLoss(loc, op.getPrediction(), op.getTarget(), types);
}

//===-- Expansions ----------------------------------------------------------===//

static SmallVector<int64_t> dimsFrom(int64_t first, Value value) {
  return llvm::to_vector(
      llvm::seq<int64_t>(first, cast<RankedTensorType>(value.getType()).getRank()));
}

static Term sumFrom(int64_t first, const Term &x) {
  return {x.builder, x.location,
          ReduceSum::create(x.builder, x.location, x.value, dimsFrom(first, x.value))};
}

static Term meanOf(const Term &x) {
  return {x.builder, x.location,
          ReduceMean::create(x.builder, x.location, x.value, dimsFrom(0, x.value))};
}

static Term sumAlong(int64_t axis, const Term &x) {
  return {x.builder, x.location, ReduceSum::create(x.builder, x.location, x.value, axis)};
}

/// Of distributions along the axis; `smoothing` of each is spread evenly.
static Term crossEntropy(const Term &q, const Term &logP, int64_t axis, double smoothing) {
  Term entropy = -sumAlong(axis, q * logP);
  if (smoothing == 0)
    return entropy;
  int64_t classes = cast<RankedTensorType>(logP.value.getType()).getDimSize(axis);
  Term even = -(sumAlong(axis, logP) * sumAlong(axis, q));
  return entropy * (1 - smoothing) + even * (smoothing / static_cast<double>(classes));
}

// The mean over labels that are classes is the sum by their number: the sum of the distributions,
// which are 0 for the others.
Value CrossEntropy::expand(OpBuilder &builder) {
  RankedTensorType logits = getLogits().getType();
  int64_t axis = getAxis(), classes = logits.getDimSize(axis);
  bool isDistribution = isa<FloatType>(getTarget().getType().getElementType());
  Value target = getTarget();
  if (!isDistribution) {
    target = OneHot::create(builder, getLoc(), target, classes, axis);
    auto type = tensorOf(sizesOf(target), logits.getElementType());
    if (type != target.getType())
      target = Cast::create(builder, getLoc(), type, target);
  }
  // The class to leave out, if it is one, gets nothing.
  if (int64_t ignored = getIgnoreIndex(); !isDistribution && ignored >= 0 && ignored < classes) {
    SmallVector<int64_t> shape(logits.getRank(), 1);
    shape[axis] = classes;
    SmallVector<Attribute> shares(classes, FloatAttr::get(logits.getElementType(), 1));
    shares[ignored] = FloatAttr::get(logits.getElementType(), 0);
    auto mask =
        DenseElementsAttr::get(RankedTensorType::get(shape, logits.getElementType()), shares);
    target = Mul::create(builder, getLoc(), target,
                         Constant::create(builder, getLoc(), mask, StringAttr()));
  }
  Term q{builder, getLoc(), target},
      logP{builder, getLoc(), LogSoftmax::create(builder, getLoc(), getLogits(), axis)};
  Term entropy = crossEntropy(q, logP, axis, getLabelSmoothing().convertToDouble());
  return (isDistribution ? meanOf(entropy) : sumFrom(0, entropy) / sumFrom(0, q)).value;
}

Value BinaryCrossEntropy::expand(OpBuilder &builder) {
  Term x{builder, getLoc(), getLogits()}, t{builder, getLoc(), getTarget()};
  Term rest = ((-x.apply<Abs>()).apply<Exp>() + 1).apply<Log>();
  return meanOf(x.apply<Relu>() - x * t + rest).value;
}

Value MeanSquaredError::expand(OpBuilder &builder) {
  Term y{builder, getLoc(), getPrediction()}, t{builder, getLoc(), getTarget()}, d = y - t;
  return meanOf(d * d).value;
}

Value MeanAbsoluteError::expand(OpBuilder &builder) {
  Term y{builder, getLoc(), getPrediction()}, t{builder, getLoc(), getTarget()};
  return meanOf((y - t).apply<Abs>()).value;
}

// With m = min(d, delta) both cases are m (d - m / 2).
Value Huber::expand(OpBuilder &builder) {
  Term y{builder, getLoc(), getPrediction()}, t{builder, getLoc(), getTarget()};
  Term d = (y - t).apply<Abs>();
  Term m = d.apply<Minimum>(d.number(getDelta().convertToDouble()));
  return meanOf(m * (d - m * 0.5)).value;
}

Value Dice::expand(OpBuilder &builder) {
  Term p{builder, getLoc(), getPrediction()}, t{builder, getLoc(), getTarget()};
  double smoothing = getSmoothing().convertToDouble();
  Term overlap = sumFrom(2, p * t) * 2 + smoothing;
  return meanOf(1 - overlap / (sumFrom(2, p) + sumFrom(2, t) + smoothing)).value;
}
