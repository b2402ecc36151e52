// The functions that only a library for training has.
#pragma once

#include "compiler/codegen/ModuleBuilder.h"
#include "compiler/codegen/Symbols.h"

namespace cnnc {

/// Writes NAME_init, NAME_gradients, NAME_train_step, NAME_training_workspace_bytes, and the
/// functions on arrays behind them that the descriptor names. What they do is told at the top of
/// runtime/include/cnnrt_generated.h.
void lowerTraining(ModuleBuilder &m, const NetworkPlan &plan, const Symbols &symbols);

/// The inputs that have gradients: those of floats.
std::vector<size_t> inputsWithGradient(const NetworkPlan &plan);

} // namespace cnnc
