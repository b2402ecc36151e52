// random: numbers for dropout.
#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult Random::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                       SmallVectorImpl<Type> &types) {
  auto step = cast<RankedTensorType>(op.getStep().getType());
  if (step.getRank() != 0 || !step.getElementType().isInteger(64))
    return emitOptionalError(loc, "step must be a single i64 but is ", step);
  types.push_back(op.getLike().getType());
  return success();
}
