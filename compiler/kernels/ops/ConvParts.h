// What all forms of conv start from.
#pragma once

#include "compiler/kernels/ops/Window.h"

namespace cnnc {

struct ConvParts {
  Window window;
  Value input; ///< With its border.
  Value filter;
  std::vector<Halide::Var> vars; ///< Of the result, logical.
  Indices at;                    ///< The same as expressions.
  Indices shape;
  int groups, channels, groupChannels;
};

/// The sum of the conv at logical coordinates, by Winograd's algorithm; leaves its Funcs in
/// build.anchor, for the schedule `winograd` to place.
std::function<Halide::Expr(const Indices &)> winogradSum(KernelBuild &build, const ConvParts &conv);

} // namespace cnnc
