#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult Pad::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                    SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  ArrayRef<int64_t> pads = op.getPads();
  StringRef mode = op.getMode();
  size_t rank = input.getRank();
  if (pads.size() != 2 * rank)
    return emitOptionalError(loc, "pads has ", pads.size(), " entries but the input calls for ",
                             2 * rank);
  if (mode != "constant" && mode != "reflect" && mode != "edge" && mode != "wrap")
    return emitOptionalError(loc, "mode must be constant, reflect, edge or wrap but is ", mode);
  SmallVector<Size> sizes = sizesOf(input);
  for (size_t i = 0; i < rank; ++i) {
    int64_t most = std::max(pads[i], pads[i + rank]);
    if (std::min(pads[i], pads[i + rank]) < 0)
      return emitOptionalError(loc, "pads must not be negative: use slice to crop");
    std::optional<int64_t> size = known(sizes[i]);
    if (size && ((mode == "reflect" && most >= *size) || (mode == "wrap" && most > *size)))
      return emitOptionalError(loc, "a ", mode, " border of ", most,
                               " elements does not fit a dim of ", *size);
    sizes[i] = sizes[i] + (pads[i] + pads[i + rank]);
  }
  types.push_back(tensorOf(sizes, input.getElementType()));
  return success();
}

//===-- Gradients -----------------------------------------------------------===//

namespace {
/// A dim of the padded tensor: `begin` elements of border, `size` of the input, `end` of border.
struct PaddedDim {
  OpBuilder &builder;
  int64_t rank, dim, begin, size, end;

  Value slice(Value value, int64_t from, int64_t to) {
    SmallVector<int64_t> starts(rank, 0), ends(rank, std::numeric_limits<int64_t>::max());
    starts[dim] = from;
    ends[dim] = to;
    return Slice::create(builder, value.getLoc(), value, starts, ends,
                         SmallVector<int64_t>(rank, 1));
  }
  /// What came from the input itself.
  Value middle(Value value) { return slice(value, begin, begin + size); }
  Value first(Value value) { return slice(value, 0, begin); }
  Value last(Value value) { return slice(value, begin + size, begin + size + end); }
  Value flip(Value value) {
    return Flip::create(builder, value.getLoc(), value, ArrayRef<int64_t>{dim});
  }
  Value sum(Value value) {
    return ReduceSum::create(builder, value.getLoc(), value, ArrayRef<int64_t>{dim}, true);
  }
  /// total + value, which belongs to the elements from `at` on.
  Value addAt(Value total, Value value, int64_t at) {
    SmallVector<int64_t> pads(2 * rank, 0);
    pads[dim] = at;
    pads[dim + rank] = size - at - cast<RankedTensorType>(value.getType()).getDimSize(dim);
    return Add::create(builder, value.getLoc(), total, padWithZeros(builder, value, pads));
  }
};
} // namespace

/// The gradient without the border along one dim: its elements go where they were copied from.
static Value foldBorder(PaddedDim dim, StringRef mode, Value gradient) {
  Value total = dim.middle(gradient);
  if (mode == "constant")
    return total;
  if (dim.begin > 0) {
    Value border = dim.first(gradient);
    if (mode == "edge")
      total = dim.addAt(total, dim.sum(border), 0);
    else if (mode == "reflect")
      total = dim.addAt(total, dim.flip(border), 1);
    else
      total = dim.addAt(total, border, dim.size - dim.begin);
  }
  if (dim.end > 0) {
    Value border = dim.last(gradient);
    if (mode == "edge")
      total = dim.addAt(total, dim.sum(border), dim.size - 1);
    else if (mode == "reflect")
      total = dim.addAt(total, dim.flip(border), dim.size - 1 - dim.end);
    else
      total = dim.addAt(total, border, 0);
  }
  return total;
}

// One dim after the other: the border of all is that of the last, made of borders of the others.
Gradients Pad::buildGradients(OpBuilder &builder, Value gradient) {
  SmallVector<Size> sizes = sizesOf(getInput());
  int64_t rank = static_cast<int64_t>(sizes.size());
  for (int64_t dim = 0; dim < rank; ++dim) {
    int64_t begin = getPads()[dim], end = getPads()[dim + rank];
    if (begin == 0 && end == 0)
      continue;
    std::optional<int64_t> size = known(sizes[dim]);
    if (!size)
      return emitOpError() << "has a gradient only where the size of dim " << dim << " is known";
    gradient = foldBorder({builder, rank, dim, begin, *size, end}, getMode(), gradient);
  }
  return SmallVector<Value>{gradient};
}
