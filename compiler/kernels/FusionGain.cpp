#include "compiler/kernels/ConvKinds.h"
#include "compiler/kernels/schedules/DirectTile.h"

namespace cnnc {

double fusionGain(const KernelSpec &first, const KernelSpec &second) {
  return canFuse(first, second) ? projectionGain(second) : 0;
}

} // namespace cnnc
