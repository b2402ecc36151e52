// A way around a fault of Halide 21. Private to compiler/kernels.
#pragma once

#include <Halide.h>

namespace cnnc {

/// A lowering pass that gives each lane of a vector's select a condition of its own, for targets
/// whose vectors Halide emits by LLVM's predicated intrinsics (RISC-V). llvm.vp.select wants that;
/// Halide calls it with one condition for all lanes where it has one, as at the border of an image,
/// and LLVM aborts.
Halide::Internal::IRMutator *createSelectLanesPass();

} // namespace cnnc
