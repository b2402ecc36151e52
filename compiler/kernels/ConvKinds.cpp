#include "compiler/kernels/ConvKinds.h"

#include <algorithm>

namespace cnnc {

static bool allEqual(const std::vector<int64_t> &values, int64_t expected) {
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

} // namespace cnnc
