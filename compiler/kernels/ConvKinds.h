// What kind of conv an op of a kernel is, and which of them go together in one kernel.
#pragma once

#include "compiler/kernels/Kernel.h"

namespace cnnc {

/// True where all of a window's numbers (strides, pads, ...) are `expected`.
bool allEqual(const std::vector<int64_t> &values, int64_t expected);

/// True of a conv of single channels: one input and one output channel a group.
bool isDepthwise(const KernelSpec &spec, const OpDescription &op);
/// True of a conv that sees each pixel by itself: 1x1, without stride or padding.
bool isPointwise(const KernelSpec &spec, const OpDescription &op);

/// The conv before the anchor, whose result is computed into the copy of the anchor's input, or
/// null.
const OpDescription *convBefore(const KernelSpec &spec);
/// Throws KernelError where there is a conv before the anchor that can not be computed so: it must
/// be depthwise and come first, the anchor pointwise, the image have rows, and no pool or reduction
/// follow.
void checkConvBefore(const KernelSpec &spec);

} // namespace cnnc
