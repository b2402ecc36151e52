// one_hot: 1 where the new dim's coordinate is the label, 0 elsewhere.
#include "compiler/kernels/KernelBuild.h"

namespace cnnc {

using namespace Halide;

Value buildOneHot(KernelBuild &build, const OpDescription &op, const std::vector<Value> &operands) {
  const Value &labels = operands[0];
  std::ptrdiff_t axis = static_cast<std::ptrdiff_t>(op.getInt("axis"));
  Indices shape = labels.shape;
  shape.insert(shape.begin() + axis, static_cast<int>(op.getInt("classes")));
  return build.define(op, build.resultShape(op, shape), [&](const Indices &at) {
    Indices position = at;
    position.erase(position.begin() + axis);
    Expr label = labels.at(position);
    return select(label == cast(label.type(), at[static_cast<size_t>(axis)]), 1.0f, 0.0f);
  });
}

} // namespace cnnc
