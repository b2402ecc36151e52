// depthwise: each channel by itself. Vectors run along the channels, a tile of `columns` neighbours
// shares the filter's vectors in registers. Its input is read in place: a copy with a border would
// take as long as the few products that each number goes into.
#include "compiler/kernels/schedules/Windows.h"

namespace cnnc {

bool appliesDepthwise(const KernelSpec &spec) {
  const OpDescription &op = anchorOf(spec);
  if (op.name != "conv" || spec.graph.ops.size() == 0)
    return false;
  const std::vector<int64_t> &filter = spec.graph.tensor(op.operands[1]).shape;
  bool oneEach = filter[1] == 1 && filter[0] == op.getInt("groups");
  return oneEach && filter[0] > 1;
}

// Made for this form: no lane is idle and nothing is copied that need not be.
double costDepthwise(const KernelSpec &) { return 1.0; }

std::vector<Schedule> spaceDepthwise(const KernelSpec &spec) {
  return windowSchedules(spec, "depthwise");
}

void placeDepthwise(KernelBuild &build) { placeWindows(build); }

} // namespace cnnc
