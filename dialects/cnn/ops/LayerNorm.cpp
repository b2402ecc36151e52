#include "dialects/cnn/ops/Normalization.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult LayerNorm::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                          SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  int64_t axis = op.getAxis();
  if (axis < 0 || axis >= input.getRank())
    return emitOptionalError(loc, "axis is ", axis, " but input has ", input.getRank(), " dims");
  SmallVector<Size> sizes = sizesOf(input);
  ArrayRef<Size> expected = ArrayRef<Size>(sizes).drop_front(axis);
  for (Value parameter : {op.getScale(), op.getBias()})
    if (parameter && expected != ArrayRef<Size>(sizesOf(parameter)))
      return emitOptionalError(loc, "a parameter is ", toString(sizesOf(parameter)),
                               " but the input calls for ", toString(expected));
  types.push_back(input);
  return success();
}

FailureOr<SmallVector<Parameter>>
LayerNorm::inferParameters(RankedTensorType input, DictionaryAttr arguments,
                           function_ref<InFlightDiagnostic()> error) {
  int64_t axis = arguments.getAs<IntegerAttr>("axis").getInt();
  ArrayRef<int64_t> shape = input.getShape().drop_front(axis);
  if (llvm::any_of(shape, ShapedType::isDynamic))
    return error() << "sizes must be known from dim " << axis << " on, but the input is "
                   << toString(input);
  SmallVector<Parameter> parameters = {
      {"scale", SmallVector<int64_t>(shape), Initializer::Ones, 1}};
  if (arguments.getAs<BoolAttr>("bias").getValue())
    parameters.push_back({"bias", SmallVector<int64_t>(shape), Initializer::Zeros, 1});
  return parameters;
}

Value LayerNorm::expand(OpBuilder &builder) {
  auto axes = llvm::to_vector(llvm::seq<int64_t>(getAxis(), getInput().getType().getRank()));
  Term y{builder, getLoc(), Normalize::create(builder, getLoc(), getInput(), axes, getEpsilon())};
  Term scaled = y * Term{builder, getLoc(), getScale()};
  return getBias() ? (scaled + Term{builder, getLoc(), getBias()}).value : scaled.value;
}
