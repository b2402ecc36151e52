// batch_norm, as it infers: (x - mean[c]) / sqrt(variance[c] + epsilon) * scale[c] + bias[c].
#include "compiler/kernels/KernelBuild.h"

namespace cnnc {

using namespace Halide;

Value buildBatchNorm(KernelBuild &build, const OpDescription &op,
                     const std::vector<Value> &operands) {
  Expr epsilon = static_cast<float>(op.getFloat("epsilon"));
  return build.define(op, build.resultShape(op, operands[0].shape), [&](const Indices &at) {
    auto channel = [&](size_t operand) { return operands[operand].at({at[1]}); };
    Expr scale = channel(1) / sqrt(channel(4) + epsilon);
    return (operands[0].at(at) - channel(3)) * scale + channel(2);
  });
}

} // namespace cnnc
