#include "dialects/cnn/ops/Window.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult ConvFilterGrad::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor op,
                                               SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  auto gradient = cast<RankedTensorType>(op.getGradient().getType());
  SmallVector<int64_t> shape = {gradient.getDimSize(1),
                                input.getDimSize(1) / static_cast<int64_t>(op.getGroups())};
  llvm::append_range(shape, op.getKernelShape());
  types.push_back(RankedTensorType::get(shape, input.getElementType()));
  return success();
}
