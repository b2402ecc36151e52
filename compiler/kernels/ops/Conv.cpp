// conv: cross-correlation with any number of spatial dims.
//
//     result[n, c, p] = bias[c] + sum over i, k of filter[c, i, k] * input[n, g * I + i, p*s + k*d]
//
// with g the group of c and I the input channels of a group. The sum is the algorithm's: see
// ConvForms.def.
#include "compiler/kernels/ConvKinds.h"
#include "compiler/kernels/ops/Contraction.h"
#include "compiler/kernels/ops/ConvForms.h"

namespace cnnc {

using namespace Halide;

Value borderedInput(KernelBuild &build, const ConvParts &conv, Layout layout, bool beyond) {
  const Value &input = conv.input;
  const Indices &extents = conv.window.inputExtents;
  if (!conv.window.leavesInput && !build.hasConsumer() && !beyond)
    return stagedInput(build, input, layout, nullptr);
  return stagedInput(build, input, layout, [&](const Indices &at) {
    Indices space(at.begin() + 2, at.end());
    Indices clamped = clampToInput(space, extents);
    Indices inside = {at[0], at[1]};
    inside.insert(inside.end(), clamped.begin(), clamped.end());
    Expr value = input.at(inside);
    return insideInput(space, extents, value, Internal::make_zero(value.type()));
  });
}

static ConvParts convParts(const KernelBuild &build, const OpDescription &op,
                           const std::vector<Value> &operands) {
  ConvParts conv;
  const std::vector<int64_t> &filterShape = operands[1].description.shape;
  conv.window = windowOf(op, {filterShape.begin() + 2, filterShape.end()}, operands[0]);
  conv.groups = static_cast<int>(op.getInt("groups"));
  conv.channels = static_cast<int>(filterShape[0]);
  conv.groupChannels = static_cast<int>(filterShape[1]);
  conv.input = operands[0];
  conv.filter = operands[1];
  conv.vars = dimVars(operands[0].rank());
  conv.at.assign(conv.vars.begin(), conv.vars.end());
  Indices inferred = {operands[0].shape[0], conv.channels};
  inferred.insert(inferred.end(), conv.window.outputExtents.begin(),
                  conv.window.outputExtents.end());
  conv.shape = build.resultShape(op, inferred);
  return conv;
}

// The input as a Func of its own, which tiles read where it lies: unlike a copy it has no border.
static Value expandedInput(KernelBuild &build, const Value &input) {
  Value expanded = input;
  expanded.func = Func(build.name("expanded"));
  std::vector<Var> vars = dimVars(input.rank());
  expanded.func(inMemoryOrder(input.layout, vars)) = input.at(Indices(vars.begin(), vars.end()));
  expanded.isInput = true;
  build.expanded = expanded;
  return expanded;
}

Value buildConv(KernelBuild &build, const OpDescription &op, const std::vector<Value> &operands) {
  bool isBefore = &op == convBefore(build.spec);
  if (!build.atAnchor() && !isBefore)
    throw KernelError("a conv must be the anchor of its kernel, or the only one before it");
  ConvParts conv = convParts(build, op, operands);
  if (build.atAnchor() && convBefore(build.spec) && isDepthwise(build.spec, op))
    conv.input = expandedInput(build, conv.input);
  build.parts().channelDim = 1;
  build.parts().columnDim = operands[0].rank() - 1;
  auto sumAt = convForm(build.schedule().algorithm).sum(build, conv);
  return build.define(op, conv.shape, [&](const Indices &at) {
    Expr sum = sumAt(at);
    return operands.size() > 2 ? sum + operands[2].at({at[1]}) : sum;
  });
}

} // namespace cnnc
