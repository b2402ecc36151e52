// The compiled gradients of a network, ready to be held to differences of the reference's loss.
#pragma once

#include "compiler/check/GradientCheck.h"
#include "compiler/tool/train/TrainingNetwork.h"

namespace cnnc {

/// The loss of a network as the reference knows it, and its gradients as the compiled code
/// computes them, of parameters and of inputs that are floats.
struct CheckedGradients {
  ScalarGraph loss; ///< In training form. Its `gradients` are empty.
  std::vector<InputGradient> gradients;
  std::vector<std::string> names; ///< Of the parameter or input, for each gradient.
};

/// The sizes at which gradients are checked: a batch of 2; of other symbolic sizes the smallest
/// from 8 on that the network takes, and at most the typical one. Smaller maps leave most of a
/// filter out.
std::vector<int64_t> sizesForCheck(const TrainingNetwork &network);

/// Random numbers for inputs and targets: labels are classes, floats of targets within [0, 1).
Batch randomBatch(const TrainingNetwork &network, const std::vector<int64_t> &sizes, uint64_t seed);

/// Calls the compiled gradients. `differentiated` is the module of the same network after the stage
/// of that name.
Result<CheckedGradients> computeGradients(mlir::ModuleOp differentiated, TrainingNetwork &network,
                                          const Batch &batch);

/// How gradients in single precision are compared: `bound` is the error that they may have. What
/// changes the differences by a tenth of it counts as a kink. Gradients that are smaller than a
/// hundredth of the network's largest are measured against that: of a bias before a batch norm,
/// which is 0 in theory, some 1e-7 of the largest are left.
GradientCheckOptions optionsForFloats(double bound, int entries, uint64_t seed);

} // namespace cnnc
