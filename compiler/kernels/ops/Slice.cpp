// slice: elements start, start + step, ... of each dim.
#include "compiler/kernels/KernelBuild.h"

namespace cnnc {

using namespace Halide;

Value buildSlice(KernelBuild &build, const OpDescription &op, const std::vector<Value> &operands) {
  const Value &input = operands[0];
  const std::vector<int64_t> &starts = op.getInts("starts"), &ends = op.getInts("ends"),
                             &steps = op.getInts("steps");
  Indices shape;
  for (size_t dim = 0; dim < starts.size(); ++dim) {
    Expr end = input.shape[dim];
    if (ends[dim] < std::numeric_limits<int32_t>::max())
      end = min(end, static_cast<int>(ends[dim]));
    int start = static_cast<int>(starts[dim]), step = static_cast<int>(steps[dim]);
    shape.push_back(simplify(max((end - start + step - 1) / step, 0)));
  }
  return build.define(op, build.resultShape(op, shape), [&](const Indices &at) {
    Indices coordinates;
    for (size_t dim = 0; dim < at.size(); ++dim)
      coordinates.push_back(at[dim] * static_cast<int>(steps[dim]) + static_cast<int>(starts[dim]));
    return input.at(coordinates);
  });
}

} // namespace cnnc
