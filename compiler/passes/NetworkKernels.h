// The kernels of a network as the choice of their schedules sees them: for choose-schedules, and
// for the tuner, which must answer the very questions that this stage will ask.
#pragma once

#include "compiler/passes/Describe.h"

#include <vector>

namespace cnnc {

/// A kernel whose schedule is to be chosen.
struct NetworkKernel {
  kernel::Fused fused;
  KernelSpec spec;            ///< As it will be compiled, without a schedule.
  std::vector<int64_t> sizes; ///< Typical values of its run-time sizes.

  /// The spec as if it were compiled for the typical sizes only: what schedules are chosen for.
  KernelSpec typical() const;
};

/// The kernels of `network`, which is past form-kernels, in order.
std::vector<NetworkKernel> findKernels(mlir::func::FuncOp network, const Target &target);

/// What the algorithm of each kernel may add to its error, for outputs within `accuracy`.
///
/// The accuracy is shared out over the kernels that would take a faster algorithm at the price of
/// some rounding. Their errors are independent of one another, so those of n kernels add up to
/// sqrt(n) of one, and each may have accuracy / sqrt(n).
double errorShare(llvm::ArrayRef<NetworkKernel> kernels, double accuracy);

} // namespace cnnc
