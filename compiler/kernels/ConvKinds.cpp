#include "compiler/kernels/ConvKinds.h"
#include "compiler/kernels/KernelBuild.h"

#include <algorithm>

namespace cnnc {

bool allEqual(const std::vector<int64_t> &values, int64_t expected) {
  return std::all_of(values.begin(), values.end(), [&](int64_t v) { return v == expected; });
}

bool isDepthwise(const KernelSpec &spec, const OpDescription &op) {
  if (op.name != "conv")
    return false;
  const std::vector<int64_t> &filter = spec.graph.tensor(op.operands[1]).shape;
  return filter[1] == 1 && filter[0] == op.getInt("groups") && filter[0] > 1;
}

bool isPointwise(const KernelSpec &spec, const OpDescription &op) {
  if (op.name != "conv")
    return false;
  const std::vector<int64_t> &filter = spec.graph.tensor(op.operands[1]).shape;
  bool padded = op.getString("auto_pad") == "explicit" && !allEqual(op.getInts("pads"), 0);
  return !padded && allEqual({filter.begin() + 2, filter.end()}, 1) &&
         allEqual(op.getInts("strides"), 1);
}

const OpDescription *convBefore(const KernelSpec &spec) {
  for (size_t i = 0; i < static_cast<size_t>(spec.anchor); ++i)
    if (spec.graph.ops[i].name == "conv")
      return &spec.graph.ops[i];
  return nullptr;
}

void checkConvBefore(const KernelSpec &spec) {
  const OpDescription *before = convBefore(spec);
  if (!before)
    return;
  const OpDescription &anchor = spec.graph.ops[static_cast<size_t>(spec.anchor)];
  bool isPair = isDepthwise(spec, *before) && isPointwise(spec, anchor);
  if (!isPair || anchor.getInt("groups") != 1 || before != &spec.graph.ops.front())
    throw KernelError("of two convs in a kernel the first is depthwise, the second 1x1");
  if (anchor.result.rank() < 4)
    throw KernelError(
        "a conv before another one is computed in blocks of rows, but there are none");
  if (hasConsumer(spec))
    throw KernelError("no pool or reduction follows a conv that has another before it");
}

} // namespace cnnc
