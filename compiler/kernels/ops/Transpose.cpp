// transpose: dim i of the result is dim permutation[i] of the input.
#include "compiler/kernels/KernelBuild.h"

namespace cnnc {

using namespace Halide;

Value buildTranspose(KernelBuild &build, const OpDescription &op,
                     const std::vector<Value> &operands) {
  const std::vector<int64_t> &permutation = op.getInts("permutation");
  Indices shape;
  for (int64_t dim : permutation)
    shape.push_back(operands[0].shape[static_cast<size_t>(dim)]);
  return build.define(op, build.resultShape(op, shape), [&](const Indices &at) {
    Indices coordinates(at.size());
    for (size_t dim = 0; dim < at.size(); ++dim)
      coordinates[static_cast<size_t>(permutation[dim])] = at[dim];
    return operands[0].at(coordinates);
  });
}

} // namespace cnnc
