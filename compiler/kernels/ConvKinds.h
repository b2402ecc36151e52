// What kind of conv an op of a kernel is.
#pragma once

#include "compiler/kernels/Kernel.h"

namespace cnnc {

/// True of a conv of single channels: one input and one output channel a group.
bool isDepthwise(const KernelSpec &spec, const OpDescription &op);
/// True of a conv that sees each pixel by itself: 1x1, without stride or padding.
bool isPointwise(const KernelSpec &spec, const OpDescription &op);

} // namespace cnnc
