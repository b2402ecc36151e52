// Elementwise ops: the unary ones have the type of their input, the binary ones broadcast.
#include "dialects/cnn/ops/Broadcast.h"
#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

FailureOr<SmallVector<Size>> cnnc::cnn::broadcast(std::optional<Location> loc, ArrayRef<Size> lhs,
                                                  ArrayRef<Size> rhs) {
  if (lhs.size() < rhs.size())
    std::swap(lhs, rhs);
  SmallVector<Size> sizes(lhs);
  size_t lead = lhs.size() - rhs.size();
  for (auto [i, size] : llvm::enumerate(rhs)) {
    Size &out = sizes[lead + i];
    if (equalIfDivisible(out, size) || known(size) == 1)
      continue;
    if (known(out) != 1)
      return emitOptionalError(loc, "shapes ", toString(lhs), " and ", toString(rhs),
                               " do not broadcast: dim ", lead + i, " differs");
    out = size;
  }
  return sizes;
}

// relu(relu(x)) = relu(x)
OpFoldResult Relu::fold(FoldAdaptor) {
  return getInput().getDefiningOp<Relu>() ? getInput() : Value();
}

#define BINARY(Op)                                                                                 \
  LogicalResult Op::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,       \
                                     SmallVectorImpl<Type> &types) {                               \
    auto sizes = broadcast(loc, sizesOf(op.getLhs()), sizesOf(op.getRhs()));                       \
    if (failed(sizes))                                                                             \
      return failure();                                                                            \
    types.push_back(tensorOf(*sizes, cast<ShapedType>(op.getLhs().getType()).getElementType()));   \
    return success();                                                                              \
  }
BINARY(Add)
BINARY(Sub)
BINARY(Mul)
BINARY(Div)
BINARY(Minimum)
BINARY(Maximum)
BINARY(Pow)
#undef BINARY

//===-- Gradients -----------------------------------------------------------===//

static Term step(const Term &x) { return x.apply<Step>(); }
static Term sigmoid(const Term &x) { return x.apply<Sigmoid>(); }
static Term hardSigmoid(const Term &x) { return x.apply<HardSigmoid>(); }
static Term log(const Term &x) { return x.apply<Log>(); }
static Term pow(const Term &a, const Term &b) { return a.apply<Pow>(b); }

// The formulas see the op's attributes as its methods.
#define UNARY(Op, gradient)                                                                        \
  Gradients Op::buildGradients(OpBuilder &builder, Value resultGradient) {                         \
    [[maybe_unused]] Term g{builder, getLoc(), resultGradient}, x{builder, getLoc(), getInput()},  \
        y{builder, getLoc(), getResult()};                                                         \
    [[maybe_unused]] auto number = [&](const APFloat &n) {                                         \
      return g.number(n.convertToDouble());                                                        \
    };                                                                                             \
    return SmallVector<Value>{(gradient).value};                                                   \
  }
#define BINARY(Op, ofLhs, ofRhs)                                                                   \
  Gradients Op::buildGradients(OpBuilder &builder, Value resultGradient) {                         \
    [[maybe_unused]] Term g{builder, getLoc(), resultGradient}, a{builder, getLoc(), getLhs()},    \
        b{builder, getLoc(), getRhs()}, y{builder, getLoc(), getResult()};                         \
    return SmallVector<Value>{sumToShape(builder, (ofLhs).value, getLhs().getType()),              \
                              sumToShape(builder, (ofRhs).value, getRhs().getType())};             \
  }
#include "dialects/cnn/ops/ElementwiseGradients.def"

// 0 wherever there is one.
Gradients Step::buildGradients(OpBuilder &, Value) { return SmallVector<Value>{Value()}; }
