// How much heap a kernel will ask for, read off its lowered code. Private to compiler/kernels.
#pragma once

#include "compiler/support/SizeExpr.h"

#include <Halide.h>

#include <functional>
#include <string>

namespace cnnc {

/// Bytes that a kernel takes from the runtime's malloc, its bookkeeping included.
struct ScratchSizes {
  SizeExpr shared; ///< Outside of parallel loops: once a call.
  SizeExpr worker; ///< Inside of them: once a worker thread.
};

/// What a free variable of the lowered code ("input0.extent.2") stands for.
using ResolveSize = std::function<SizeExpr(const std::string &variable)>;

/// A lowering pass that changes nothing and writes the sizes to `sizes`, which must outlive it. It
/// belongs on the Pipeline that is compiled, whose last pass it is. Throws KernelError for a size
/// that has no bound.
Halide::Internal::IRMutator *createScratchPass(const ResolveSize &resolve, ScratchSizes &sizes);

} // namespace cnnc
