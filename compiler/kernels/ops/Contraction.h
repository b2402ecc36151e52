// What conv, linear and matmul share: sums of products of an input with a packed filter.
//
// A packed filter is [block][taps...][lane]: `tile` output channels side by side (a register tile's
// worth), padded with zeros at the end, so that a tap of a tile is one or more whole vectors.
#pragma once

#include "compiler/kernels/KernelBuild.h"

namespace cnnc {

/// Output channels side by side in the packed filter of the kernel's anchor, from its schedule.
int channelTile(const KernelBuild &build);

/// The taps as indices, from tap dim `from` on.
Indices tapIndices(const Halide::RDom &taps, int from);

/// The filter as a Func of (lane, taps..., block, outer...). A Packed input is read in place;
/// anything else is packed at run time by a Func that becomes `anchor.filter`.
///
/// `channels` is the number of output channels; `tapExtents` those of the taps; element(channel,
/// taps, outer) the filter's value, asked for channels inside [0, channels) only.
Halide::Func packedFilter(KernelBuild &build, const Value &filter, const Halide::Expr &channels,
                          int taps, int outer,
                          const std::function<Halide::Expr(const Halide::Expr &, const Indices &,
                                                           const Indices &)> &element);

/// `input`, or a copy of it in `layout`, to be placed by the schedule: where its own layout is
/// another, or it was computed by ops before the anchor, or `border` tells its elements at
/// coordinates that may lie outside (it is empty where none do).
Value stagedInput(KernelBuild &build, const Value &input, Layout layout,
                  const std::function<Halide::Expr(const Indices &)> &border);

} // namespace cnnc
