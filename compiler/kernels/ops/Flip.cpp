// flip: the order of the elements reversed along the axes.
#include "compiler/kernels/KernelBuild.h"

namespace cnnc {

using namespace Halide;

Value buildFlip(KernelBuild &build, const OpDescription &op, const std::vector<Value> &operands) {
  const Value &input = operands[0];
  return build.define(op, build.resultShape(op, input.shape), [&](const Indices &at) {
    Indices coordinates = at;
    for (int64_t axis : op.getInts("axes")) {
      size_t dim = static_cast<size_t>(axis);
      coordinates[dim] = input.shape[dim] - 1 - at[dim];
    }
    return input.at(coordinates);
  });
}

} // namespace cnnc
