#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;

namespace cnnc::cnn {

Value buildNumber(OpBuilder &builder, Location location, double number, Type elementType) {
  auto type = RankedTensorType::get({}, elementType);
  auto value = DenseElementsAttr::get(type, builder.getFloatAttr(elementType, number));
  return Constant::create(builder, location, value, StringAttr());
}

Term Term::number(double number) const {
  Type elementType = cast<RankedTensorType>(value.getType()).getElementType();
  return {builder, location, buildNumber(builder, location, number, elementType)};
}

Value reshapeTo(OpBuilder &builder, Value value, RankedTensorType type) {
  return value.getType() == type
             ? value
             : Reshape::create(builder, value.getLoc(), type, value).getResult();
}

Value sumToShape(OpBuilder &builder, Value gradient, RankedTensorType type) {
  SmallVector<Size> sizes = sizesOf(gradient), own = sizesOf(type);
  size_t lead = sizes.size() - own.size();
  SmallVector<int64_t> repeated;
  for (size_t dim = 0; dim < sizes.size(); ++dim)
    if (dim < lead || (known(own[dim - lead]) == 1 && known(sizes[dim]) != 1))
      repeated.push_back(static_cast<int64_t>(dim));
  if (repeated.empty())
    return gradient;
  Value sum = ReduceSum::create(builder, gradient.getLoc(), gradient, repeated);
  return reshapeTo(builder, sum, type);
}

Value sumPerChannel(OpBuilder &builder, Value gradient) {
  SmallVector<int64_t> axes = {0};
  for (int64_t dim = 2; dim < cast<RankedTensorType>(gradient.getType()).getRank(); ++dim)
    axes.push_back(dim);
  return ReduceSum::create(builder, gradient.getLoc(), gradient, axes);
}

Value padWithZeros(OpBuilder &builder, Value value, ArrayRef<int64_t> pads) {
  if (allEqual(pads, 0))
    return value;
  return Pad::create(builder, value.getLoc(), value, pads, "constant", APFloat(0.0));
}

Value transposeMatrices(OpBuilder &builder, Value matrices) {
  int64_t rank = cast<RankedTensorType>(matrices.getType()).getRank();
  SmallVector<int64_t> permutation(llvm::to_vector(llvm::seq<int64_t>(rank)));
  std::swap(permutation[rank - 1], permutation[rank - 2]);
  return Transpose::create(builder, matrices.getLoc(), matrices, permutation);
}

FailureOr<SmallVector<int64_t>> explicitPads(Operation *op, RankedTensorType input,
                                             ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides,
                                             ArrayRef<int64_t> dilations, ArrayRef<int64_t> pads,
                                             StringRef autoPad) {
  if (autoPad == "explicit")
    return SmallVector<int64_t>(pads);
  size_t spatial = kernel.size();
  SmallVector<int64_t> result(2 * spatial);
  for (size_t i = 0; i < spatial; ++i) {
    int64_t span = (kernel[i] - 1) * dilations[i] + 1, total = span - 1;
    if (strides[i] > 1) {
      std::optional<int64_t> size = known(sizesOf(input)[i + 2]);
      if (!size)
        return op->emitError() << "the gradient under a stride of " << strides[i]
                               << " with padding '" << autoPad << "' needs a known size";
      int64_t outputs = (*size + strides[i] - 1) / strides[i];
      total = std::max<int64_t>((outputs - 1) * strides[i] + span - *size, 0);
    }
    result[i] = autoPad == "same" ? total / 2 : total - total / 2;
    result[i + spatial] = total - result[i];
  }
  return result;
}

} // namespace cnnc::cnn
