// What the forms of conv (ConvForms.def) are, and what they start from.
#pragma once

#include "compiler/kernels/ops/Window.h"

namespace cnnc {

/// A conv before anything is decided about it.
struct ConvParts {
  Window window;
  Value input, filter;
  std::vector<Halide::Var> vars; ///< Of the result, logical.
  Indices at;                    ///< The same as expressions.
  Indices shape;
  int groups, channels, groupChannels;
};

/// The input of a conv with zeros around it, in `layout`. It may be asked for beyond what the
/// result needs where a consumer follows, or with `beyond`.
Value borderedInput(KernelBuild &build, const ConvParts &conv, Layout layout, bool beyond = false);

/// A weight to pack: element (channel, input, tap) is values[channel * channelStride + input *
/// inputStride + tap], with the taps of all spatial dims as one number, the last dim fastest.
struct WeightView {
  int64_t channels = 1, inputs = 1;
  std::vector<int64_t> taps;    ///< Extents of the spatial dims.
  std::vector<int64_t> strides; ///< Of the conv along these; empty for a weight of other ops.
  int64_t channelStride = 1, inputStride = 1;
  const float *values = nullptr; ///< Null where only the shape matters.

  int64_t numTaps() const;
  float at(int64_t channel, int64_t input, int64_t tap) const;
};

/// A conv under one algorithm. The first three also serve linear and matmul where these take it.
struct ConvForm {
  /// Shape of the packed filter.
  std::vector<int64_t> (*packedShape)(const Schedule &schedule, const WeightView &weight);
  /// The filter in this shape.
  std::vector<float> (*pack)(const Schedule &schedule, const WeightView &weight);
  /// Output channels side by side in the packed filter.
  int64_t (*channelTile)(const Schedule &schedule);
  /// The sum of the conv at logical coordinates; leaves its Funcs in build.anchor.
  std::function<Halide::Expr(const Indices &)> (*sum)(KernelBuild &build, ConvParts conv);
  /// What the algorithm adds to the rounding of the sums (see addedError); null: nothing.
  double (*addedError)(const Schedule &schedule, const WeightView &filter) = nullptr;
};

/// The form of an algorithm of ConvForms.def. Throws KernelError for another.
ConvForm convForm(const std::string &algorithm);

/// The packing of direct and row, [block][taps...][input][lane]: `tile` output channels side by
/// side in a block, with zeros at the end of the last.
std::vector<int64_t> tiledShape(const WeightView &weight, int64_t tile);
std::vector<float> packTiles(const WeightView &weight, int64_t tile);

} // namespace cnnc
