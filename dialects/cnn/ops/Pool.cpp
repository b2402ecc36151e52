#include "dialects/cnn/ops/Window.h"

using namespace mlir;
using namespace cnnc::cnn;

template <typename Adaptor>
static LogicalResult inferPool(std::optional<Location> loc, Adaptor op,
                               SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  Window window{op.getKernelShape(), op.getStrides(), op.getDilations(),
                op.getPads(),        op.getAutoPad(), op.getCeilMode()};
  FailureOr<SmallVector<Size>> spatial = inferWindow(loc, input, window);
  if (failed(spatial))
    return failure();
  // A window in nothing but padding has no largest element and no mean.
  for (auto [i, pad] : llvm::enumerate(window.pads)) {
    size_t dim = i % spatial->size();
    int64_t extent = (window.kernel[dim] - 1) * window.dilations[dim] + 1;
    if (pad >= extent)
      return emitOptionalError(loc, "padding of ", pad, " must be less than the window of ",
                               extent);
  }
  SmallVector<Size> sizes(ArrayRef<Size>(sizesOf(input)).take_front(2));
  sizes.append(*spatial);
  types.push_back(tensorOf(sizes, input.getElementType()));
  return success();
}

LogicalResult MaxPool::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                        SmallVectorImpl<Type> &types) {
  return inferPool(loc, op, types);
}

LogicalResult AvgPool::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                        SmallVectorImpl<Type> &types) {
  return inferPool(loc, op, types);
}
