#include "compiler/kernels/ConvKinds.h"
#include "compiler/kernels/schedules/DirectTile.h"
#include "compiler/kernels/schedules/Expansion.h"

namespace cnnc {

double fusionGain(const KernelSpec &first, const KernelSpec &second) {
  if (!canFuse(first, second))
    return 0;
  return isDepthwise(first, anchorOf(first)) ? projectionGain(second)
                                             : expansionGain(first, second);
}

} // namespace cnnc
