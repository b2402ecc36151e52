// Channels to space: with P elements in a block and M channels of a group of the result,
//
//   y[n, g * M + m, block * x + phase - begin] = input[n, (g * P + phase) * M + m, x]
//
// phase being the row-major place in the block. The loop is over the result.
#include "compiler/reference/Ops.h"

namespace cnnc::reference::ops {

template <typename T>
Tensor<T> depth_to_space(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &input = *operands[0];
  const std::vector<int64_t> &blocks = op.getInts("blocks");
  std::vector<int64_t> crops = op.getInts("crops");
  crops.resize(2 * blocks.size(), 0);
  int64_t perBlock = product(blocks, 0, blocks.size());
  int64_t perGroup = input.shape[1] / perBlock / op.getInt("groups");

  Shape shape = {input.shape[0], input.shape[1] / perBlock};
  for (size_t s = 0; s < blocks.size(); ++s)
    shape.push_back(input.shape[s + 2] * blocks[s] - crops[s] - crops[s + blocks.size()]);
  Tensor<T> result(shape);
  Shape at(shape.size(), 0);
  for (T &value : result.values) {
    Shape from = at;
    int64_t phase = 0;
    for (size_t s = 0; s < blocks.size(); ++s) {
      int64_t whole = at[s + 2] + crops[s];
      phase = phase * blocks[s] + whole % blocks[s];
      from[s + 2] = whole / blocks[s];
    }
    from[1] = (at[1] / perGroup * perBlock + phase) * perGroup + at[1] % perGroup;
    value = input.at(from);
    for (size_t dim = at.size(); dim-- > 0 && ++at[dim] == shape[dim];)
      at[dim] = 0;
  }
  return result;
}

REFERENCE_INSTANTIATE(depth_to_space)

} // namespace cnnc::reference::ops
