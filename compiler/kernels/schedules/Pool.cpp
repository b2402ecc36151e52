// pool, and the gradients of pools and of resize: vectors along the channels, a few neighbours of a
// row at a time.
#include "compiler/kernels/schedules/Windows.h"

#include <algorithm>

namespace cnnc {

bool appliesPool(const KernelSpec &spec) {
  static const char *const names[] = {"max_pool", "avg_pool", "max_pool_grad", "avg_pool_grad",
                                      "resize_grad"};
  const std::string &name = anchorOf(spec).name;
  return std::any_of(std::begin(names), std::end(names), [&](auto own) { return name == own; });
}

double costPool(const KernelSpec &) { return 1.0; }

std::vector<Schedule> spacePool(const KernelSpec &spec) { return windowSchedules(spec, "pool"); }

void placePool(KernelBuild &build) { placeWindows(build); }

} // namespace cnnc
