// depthwise: each channel by itself. Vectors run along the channels, a tile of `columns` neighbours
// shares the filter's vectors in registers. Its input is read in place: a copy with a border would
// take as long as the few products that each number goes into. A 1x1 conv before it: see
// Expansion.cpp.
#include "compiler/kernels/ConvKinds.h"
#include "compiler/kernels/schedules/Expansion.h"
#include "compiler/kernels/schedules/Windows.h"

namespace cnnc {

bool appliesDepthwise(const KernelSpec &spec) { return isDepthwise(spec, anchorOf(spec)); }

// Made for this form: no lane is idle and nothing is copied that need not be.
double costDepthwise(const KernelSpec &) { return 1.0; }

std::vector<Schedule> spaceDepthwise(const KernelSpec &spec) {
  if (convBefore(spec))
    return expansionSchedules(spec);
  return windowSchedules(spec, "depthwise");
}

void placeDepthwise(KernelBuild &build) { placeWindows(build); }

} // namespace cnnc
