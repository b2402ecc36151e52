// The dims of an output whose buffer has more of them than the kernel's Funcs, or fewer. Private to
// compiler/kernels.
#pragma once

#include <Halide.h>

#include <string>
#include <vector>

namespace cnnc {

/// A dim of the output as the kernel sees it. Both are expressions of the inputs' extents.
struct OutputDim {
  Halide::Expr extent, stride;
};

/// A lowering pass for kernels with other dims (Flatten.h). Halide reads an extent or a stride that
/// is no constant off the output's buffer, at the dim of the Func's number: with dims merged or
/// added before it, that is another dim. The pass puts `dims` in its place. `output` is the Func's
/// name.
Halide::Internal::IRMutator *createOutputDimsPass(const std::string &output,
                                                  const std::vector<OutputDim> &dims);

} // namespace cnnc
