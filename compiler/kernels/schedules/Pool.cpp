// pool: vectors along the channels, a few neighbours of a row at a time.
#include "compiler/kernels/schedules/Windows.h"

namespace cnnc {

bool appliesPool(const KernelSpec &spec) {
  const std::string &name = anchorOf(spec).name;
  return name == "max_pool" || name == "avg_pool";
}

double costPool(const KernelSpec &) { return 1.0; }

std::vector<Schedule> spacePool(const KernelSpec &spec) { return windowSchedules(spec, "pool"); }

void placePool(KernelBuild &build) { placeWindows(build); }

} // namespace cnnc
