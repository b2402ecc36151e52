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

/// The conv before the anchor, whose result is computed as the anchor comes to read it, or null.
const OpDescription *convBefore(const KernelSpec &spec);
/// The schedule that the conv before the anchor is computed by: depthwise, or direct in the
/// register tiles that the kernel's schedule has for it (before_lanes, before_vectors,
/// before_columns).
Schedule scheduleBefore(const KernelSpec &spec);
/// True where a kernel may compute what `first` and `second` do, whose anchor works on the result
/// of the first: see checkConvBefore.
bool canFuse(const KernelSpec &first, const KernelSpec &second);
/// Throws KernelError where there is a conv before the anchor that can not be computed so: it must
/// come first, one of the two be depthwise and the other pointwise with one group, the image have
/// rows, and no pool or reduction follow.
void checkConvBefore(const KernelSpec &spec);

} // namespace cnnc
