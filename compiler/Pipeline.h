// The whole compiler as a list of stages. What each does is in its pass; here is their order.
#pragma once

#include "compiler/codegen/NetworkPlan.h"
#include "compiler/passes/Passes.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"

#include <optional>
#include <string>
#include <vector>

namespace cnnc {

/// The stages that leave a module, in order; `cnnc show --until` prints it after any of them.
enum class Stage {
  Read,
  Differentiate,
  Simplify,
  FormKernels,
  FormViews,
  ChooseSchedules,
  EmitKernels,
  PlanMemory
};

/// The stage called "simplify" and the like.
std::optional<Stage> parseStage(const std::string &name);
/// All names, in order.
std::vector<std::string> stageNames();

struct PipelineOptions {
  std::string target = "host";
  int workers = 0;         ///< Processes that compile kernels; 0: one per core.
  std::string cacheFolder; ///< Of compiled kernels; empty: the user's cache folder.
  /// What fast algorithms may add to the error of the outputs, relative to their largest number.
  double accuracy = 1e-4;
  bool train = false; ///< Also gradients and the optimizer's step; parameters are the caller's.
  ScheduleLookup measured; ///< Schedules known to be fast; null: the defaults.
};

/// Registers the dialects that networks are written in.
void loadDialects(mlir::MLIRContext &context);

/// Takes a module that a frontend left through the stages up to `last`, that one included. Failures
/// are diagnostics.
mlir::LogicalResult runStages(mlir::ModuleOp module, Stage last, const PipelineOptions &options);

/// Through all stages, to the plan that lower and pack take. None after a diagnostic.
std::optional<NetworkPlan> planNetwork(mlir::ModuleOp module, const PipelineOptions &options);

} // namespace cnnc
