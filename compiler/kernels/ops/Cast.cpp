// cast: to the result's element type; to an integer it truncates toward zero; to bool, 0 or 1.
#include "compiler/kernels/KernelBuild.h"

namespace cnnc {

using namespace Halide;

Value buildCast(KernelBuild &build, const OpDescription &op, const std::vector<Value> &operands) {
  const Value &input = operands[0];
  return build.define(op, build.resultShape(op, input.shape), [&](const Indices &at) {
    Expr value = input.at(at);
    if (op.result.elementType == ElementType::Bool)
      return select(value != Internal::make_zero(value.type()), Expr(uint8_t(1)), Expr(uint8_t(0)));
    return cast(halideType(op.result.elementType), value);
  });
}

} // namespace cnnc
