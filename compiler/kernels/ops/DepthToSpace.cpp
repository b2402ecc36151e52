// depth_to_space: with P elements in a block and M channels of a group of the result,
//
//     result[n, g * M + m, p] = input[n, (g * P + phase) * M + m, q],  p + begin = block * q +
//     phase
//
// phase numbers the elements of a block, the last spatial dim fastest. A copy: the channels of a
// phase lie side by side in both, where there is one group.
#include "compiler/kernels/KernelBuild.h"

namespace cnnc {

using namespace Halide;

Value buildDepthToSpace(KernelBuild &build, const OpDescription &op,
                        const std::vector<Value> &operands) {
  const Value &input = operands[0];
  const std::vector<int64_t> &blocks = op.getInts("blocks");
  std::vector<int64_t> crops = op.getInts("crops");
  crops.resize(2 * blocks.size(), 0);
  int perBlock = 1;
  Indices shape = {input.shape[0], static_cast<int>(op.result.shape[1])};
  for (size_t s = 0; s < blocks.size(); ++s) {
    int cropped = static_cast<int>(crops[s] + crops[s + blocks.size()]);
    shape.push_back(simplify(input.shape[s + 2] * static_cast<int>(blocks[s]) - cropped));
    perBlock *= static_cast<int>(blocks[s]);
  }
  int groups = static_cast<int>(op.getInt("groups"));
  int perGroup = static_cast<int>(op.result.shape[1]) / groups;
  return build.define(op, build.resultShape(op, shape), [&](const Indices &at) {
    Indices from = {at[0], Expr()};
    Expr phase = 0;
    for (size_t s = 0; s < blocks.size(); ++s) {
      int block = static_cast<int>(blocks[s]);
      Expr whole = at[s + 2] + static_cast<int>(crops[s]);
      from.push_back(whole / block);
      phase = phase * block + whole % block;
    }
    from[1] = groups == 1 ? phase * perGroup + at[1]
                          : (at[1] / perGroup * perBlock + phase) * perGroup + at[1] % perGroup;
    return input.at(from);
  });
}

} // namespace cnnc
