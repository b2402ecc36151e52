// reshape: the element at the same place in row-major logical order.
#include "compiler/kernels/KernelBuild.h"

namespace cnnc {

using namespace Halide;

// The result's extents; one that no input shows follows from the number of elements.
static Indices reshapedShape(const KernelBuild &build, const OpDescription &op,
                             const Value &input) {
  Indices inferred(op.result.shape.size());
  Expr elements = 1, others = 1;
  for (const Expr &extent : input.shape)
    elements = elements * extent;
  int unknown = -1;
  for (size_t dim = 0; dim < inferred.size(); ++dim) {
    inferred[dim] = build.extent(op.result.shape[dim]);
    if (inferred[dim].defined())
      others = others * inferred[dim];
    else if (unknown >= 0)
      throw KernelError("'reshape': more than one size of the result is unknown");
    else
      unknown = static_cast<int>(dim);
  }
  if (unknown >= 0)
    inferred[static_cast<size_t>(unknown)] = simplify(elements / others);
  return build.resultShape(op, inferred);
}

Value buildReshape(KernelBuild &build, const OpDescription &op,
                   const std::vector<Value> &operands) {
  const Value &input = operands[0];
  Indices shape = reshapedShape(build, op, input);
  return build.define(op, shape, [&](const Indices &at) {
    Expr place = 0;
    for (size_t dim = 0; dim < at.size(); ++dim)
      place = place * shape[dim] + at[dim];
    Indices coordinates(input.shape.size());
    for (size_t dim = coordinates.size(); dim-- > 0;) {
      coordinates[dim] = dim == 0 ? place : place % input.shape[dim];
      place = place / input.shape[dim];
    }
    return input.at(coordinates);
  });
}

} // namespace cnnc
