// concat: the inputs one after another along the axis.
#include "compiler/kernels/KernelBuild.h"

namespace cnnc {

using namespace Halide;

Value buildConcat(KernelBuild &build, const OpDescription &op, const std::vector<Value> &operands) {
  size_t axis = static_cast<size_t>(op.getInt("axis"));
  Indices shape = operands[0].shape, begins = {0};
  for (const Value &operand : operands)
    begins.push_back(simplify(begins.back() + operand.shape[axis]));
  shape[axis] = begins.back();
  return build.define(op, build.resultShape(op, shape), [&](const Indices &at) {
    Expr result;
    // From the last to the first: result = at < end of input i ? input i : the later ones.
    for (size_t i = operands.size(); i-- > 0;) {
      Indices own = at;
      own[axis] = clamp(at[axis] - begins[i], 0, operands[i].shape[axis] - 1);
      Expr value = operands[i].at(own);
      result = result.defined() ? select(at[axis] < begins[i + 1], value, result) : value;
    }
    return result;
  });
}

} // namespace cnnc
