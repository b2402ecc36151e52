#include "dialects/cnn/ops/Broadcast.h"
#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult MatMul::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                       SmallVectorImpl<Type> &types) {
  auto lhs = cast<RankedTensorType>(op.getLhs().getType());
  auto rhs = cast<RankedTensorType>(op.getRhs().getType());
  if (lhs.getRank() < 2 || rhs.getRank() < 2)
    return emitOptionalError(loc, "both operands must be matrices, but are ", toString(lhs),
                             " and ", toString(rhs));
  SmallVector<Size> a = sizesOf(lhs), b = sizesOf(rhs);
  Size rows = a.pop_back_val(), inner = rows;
  rows = a.pop_back_val();
  Size columns = b.pop_back_val(), innerRhs = b.pop_back_val();
  if (inner != innerRhs)
    return emitOptionalError(loc, "the columns of ", toString(lhs), " and the rows of ",
                             toString(rhs), " must be equal");
  FailureOr<SmallVector<Size>> sizes = broadcast(loc, a, b);
  if (failed(sizes))
    return failure();
  sizes->push_back(rows);
  sizes->push_back(columns);
  types.push_back(tensorOf(*sizes, lhs.getElementType()));
  return success();
}

// y = a b: of a it is g b^T, of b a^T g, each summed over the batch that it was broadcast to.
Gradients MatMul::buildGradients(OpBuilder &builder, Value gradient) {
  Value ofLhs = MatMul::create(builder, getLoc(), gradient, transposeMatrices(builder, getRhs()));
  Value ofRhs = MatMul::create(builder, getLoc(), transposeMatrices(builder, getLhs()), gradient);
  return SmallVector<Value>{sumToShape(builder, ofLhs, getLhs().getType()),
                            sumToShape(builder, ofRhs, getRhs().getType())};
}
