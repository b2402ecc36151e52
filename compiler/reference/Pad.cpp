// Borders around a tensor, in every dim. What a border element is, by the mode:
//   constant  the op's value
//   edge      the nearest element
//   reflect   the tensor mirrored at its first and last element, which are not repeated: c b | a b
//   c | b a wrap      the tensor repeated: b c | a b c | a b
#include "compiler/reference/Gather.h"
#include "compiler/reference/Ops.h"

#include <algorithm>

namespace cnnc::reference::ops {

static int64_t positiveRemainder(int64_t a, int64_t b) { return (a % b + b) % b; }

/// The coordinate in [0, extent) that `coordinate` outside of it stands for, or -1 for none.
static int64_t sourceOf(int64_t coordinate, int64_t extent, const std::string &mode) {
  if (mode == "edge")
    return std::clamp<int64_t>(coordinate, 0, extent - 1);
  if (mode == "wrap")
    return positiveRemainder(coordinate, extent);
  if (mode == "reflect") {
    int64_t turn = std::max<int64_t>(extent - 1, 1); // There and back is one period.
    int64_t along = positiveRemainder(coordinate, 2 * turn);
    return std::min({along, 2 * turn - along, extent - 1});
  }
  assert(mode == "constant" && "padding mode without a reference");
  return coordinate >= 0 && coordinate < extent ? coordinate : -1;
}

template <typename T> Tensor<T> pad(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &input = *operands[0];
  const std::vector<int64_t> &pads = op.getInts("pads");
  const std::string &mode = op.getString("mode");
  Shape strides = input.strides();
  OffsetTable table(input.rank());
  for (size_t dim = 0; dim < input.rank(); ++dim)
    for (int64_t i = -pads[dim]; i < input.shape[dim] + pads[dim + input.rank()]; ++i) {
      int64_t source = sourceOf(i, input.shape[dim], mode);
      table[dim].push_back(source < 0 ? kOutside : source * strides[dim]);
    }
  return gather(input, table, static_cast<T>(op.getFloat("value")));
}

REFERENCE_INSTANTIATE(pad)

} // namespace cnnc::reference::ops
