#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult LocalResponseNorm::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                                  Adaptor op, SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  if (input.getRank() < 2)
    return emitOptionalError(loc, "input must have batch and channels but has ", input.getRank(),
                             " dims");
  if (input.isDynamicDim(1))
    return emitOptionalError(loc, "the number of channels must be known, but the input is ",
                             toString(input));
  if (op.getSize() < 1)
    return emitOptionalError(loc, "size must be at least 1 but is ", op.getSize());
  types.push_back(input);
  return success();
}

/// The sum over the `size` channels around each: slices of a copy with a border of zeros.
static Term sumOverNeighbours(const Term &x, int64_t size) {
  auto type = cast<RankedTensorType>(x.value.getType());
  int64_t rank = type.getRank(), channels = type.getDimSize(1);
  SmallVector<int64_t> pads(2 * rank, 0), starts(rank, 0), steps(rank, 1),
      ends(rank, std::numeric_limits<int64_t>::max());
  pads[1] = (size - 1) / 2;
  pads[rank + 1] = size / 2;
  Value bordered = padWithZeros(x.builder, x.value, pads);
  auto shifted = [&](int64_t begin) -> Term {
    starts[1] = begin;
    ends[1] = begin + channels;
    return {x.builder, x.location,
            Slice::create(x.builder, x.location, bordered, starts, ends, steps)};
  };
  Value sum = shifted(0).value;
  for (int64_t begin = 1; begin < size; ++begin)
    sum = (Term{x.builder, x.location, sum} + shifted(begin)).value;
  return {x.builder, x.location, sum};
}

// y = x * (bias + alpha / size * sum)^-beta
Value LocalResponseNorm::expand(OpBuilder &builder) {
  Term x{builder, getLoc(), getInput()};
  double factor = getAlpha().convertToDouble() / static_cast<double>(getSize());
  Term base = sumOverNeighbours(x * x, getSize()) * factor + getBias().convertToDouble();
  return (x * base.apply<Pow>(base.number(-getBeta().convertToDouble()))).value;
}
