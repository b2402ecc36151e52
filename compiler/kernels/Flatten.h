// Dims that a kernel need not tell apart become one.
//
// A 1x1 conv sees pixels, not rows and columns; an elementwise kernel sees a row of numbers. As one
// long dim they need no care for short rows, and a register tile has one tail instead of one a row.
// Tensors are dense, or their pixels lie a pitch apart, so merging dims that are adjacent in
// memory, with a pitch all but the channels, is a matter of reading the buffers otherwise.
//
// And a dim may be added: to Winograd's algorithm a signal of one dim is an image of one row.
// Private to compiler/kernels.
#pragma once

#include "compiler/kernels/Kernel.h"

namespace cnnc {

/// A kernel with other dims.
struct FlatKernel {
  KernelSpec spec; ///< The same ops over tensors with fewer dims.
  /// For each input that is not Packed: the dim of its buffer (memory order) at which each logical
  /// dim of spec's tensor begins, -1 where that dim has extent 1 and no place in the buffer.
  std::vector<std::vector<int>> bufferDims;
  /// The dims of the original tensors whose product `mergedSize` is; empty when it is static.
  std::vector<int64_t> mergedDims;
  static constexpr int64_t mergedSize = -1000000;
};

/// True where all ops but the anchor treat every element alike, wherever it lies.
bool keepsPixelsApart(const KernelSpec &spec);

/// Merges what can be merged; returns the kernel as it is where nothing can.
FlatKernel flatten(const KernelSpec &spec);

} // namespace cnnc
