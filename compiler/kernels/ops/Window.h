// The geometry that conv and the pools share: which inputs a window covers, and where it ends.
#pragma once

#include "compiler/kernels/KernelBuild.h"

namespace cnnc {

/// A window op's geometry, per spatial dim in logical order.
struct Window {
  std::vector<int64_t> kernel, strides, dilations;
  Indices inputExtents; ///< Of the input's spatial dims.
  Indices padBegin;     ///< Elements before the input's first; may be a run-time expression.
  Indices outputExtents;
  bool leavesInput = false; ///< True where a window may reach outside of the input.

  int spatialRank() const { return static_cast<int>(kernel.size()); }
  /// The tap's RDom ranges, fastest (the last spatial dim) first.
  Halide::Region tapRanges() const;
  /// The input's spatial coordinates under tap `taps[spatialRank - 1 - s]` of output `at`.
  Indices inputCoordinates(const Indices &at, const Indices &taps) const;
};

/// Reads strides, dilations, pads, auto_pad and ceil_mode (where the op has it).
Window windowOf(const OpDescription &op, const std::vector<int64_t> &kernel, const Value &input);

/// How many inputs the window of an avg_pool at `at`, a coordinate of its result, averages over.
Halide::Expr windowCount(const OpDescription &op, const Window &window, const Indices &at);

/// `value` where all spatial coordinates lie inside the input, which is likely, else `outside`. A
/// choice for each dim, so that Halide can cut a loop where it enters and leaves the input.
Halide::Expr insideInput(const Indices &coordinates, const Indices &extents,
                         const Halide::Expr &value, const Halide::Expr &outside);
/// Each coordinate moved to the nearest inside the input.
Indices clampToInput(const Indices &coordinates, const Indices &extents);

} // namespace cnnc
