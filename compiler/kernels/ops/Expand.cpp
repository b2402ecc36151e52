// expand: dims of extent 1, and missing leading ones, repeated.
#include "compiler/kernels/ops/Elementwise.h"

namespace cnnc {

Value buildExpand(KernelBuild &build, const OpDescription &op, const std::vector<Value> &operands) {
  return build.define(op, build.resultShape(op),
                      [&](const Indices &at) { return broadcastAt(operands[0], at); });
}

} // namespace cnnc
