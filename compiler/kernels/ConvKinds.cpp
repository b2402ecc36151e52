#include "compiler/kernels/ConvKinds.h"
#include "compiler/kernels/schedules/Schedules.h"

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

Schedule scheduleBefore(const KernelSpec &spec) {
  if (isDepthwise(spec, *convBefore(spec)))
    return {"depthwise", {}};
  Schedule schedule{"direct", {{"across_groups", 0}}};
  const std::string prefix = "before_";
  for (const auto &[name, value] : spec.schedule.parameters)
    if (name.rfind(prefix, 0) == 0)
      schedule.parameters[name.substr(prefix.size())] = value;
  return schedule;
}

// A 1x1 conv of all channels.
static bool isProjection(const KernelSpec &spec, const OpDescription &op) {
  return isPointwise(spec, op) && op.getInt("groups") == 1;
}

// Convs of two kernels, or of one, which may be computed in one.
static bool arePair(const KernelSpec &first, const OpDescription &before, const KernelSpec &second,
                    const OpDescription &anchor) {
  // Blocks of rows are computed at a time. An expansion keeps rows of one image.
  if (isDepthwise(first, before))
    return isProjection(second, anchor) && anchor.result.rank() >= 4;
  return isProjection(first, before) && isDepthwise(second, anchor) && anchor.result.rank() == 4;
}

bool canFuse(const KernelSpec &first, const KernelSpec &second) {
  bool beginWithAnchors = first.anchor == 0 && second.anchor == 0;
  if (!beginWithAnchors || hasConsumer(first) || hasConsumer(second) ||
      !arePair(first, anchorOf(first), second, anchorOf(second)))
    return false;
  // The filter is read as it was packed, and vectors of channels where the input has them.
  size_t input = static_cast<size_t>(anchorOf(first).operands[0]),
         filter = static_cast<size_t>(anchorOf(first).operands[1]);
  return first.layouts[filter] == Layout::Packed &&
         (first.layouts[input] == Layout::ChannelsLast || !isDepthwise(first, anchorOf(first)));
}

void checkConvBefore(const KernelSpec &spec) {
  const OpDescription *before = convBefore(spec);
  if (!before)
    return;
  if (before != &spec.graph.ops.front() || !arePair(spec, *before, spec, anchorOf(spec)))
    throw KernelError("of two convs in a kernel the first is depthwise and the second 1x1, or the "
                      "other way round, over images with rows");
  if (hasConsumer(spec))
    throw KernelError("no pool or reduction follows a conv that has another before it");
}

} // namespace cnnc
