// The names of a network's symbols, one place for all that write, link or look up one.
#pragma once

#include "compiler/codegen/NetworkPlan.h"

#include <string>

namespace cnnc {

struct Symbols {
  explicit Symbols(const NetworkPlan &plan) : prefix(plan.name + "_") {}

  // Exported from the library.
  std::string run() const { return prefix + "run"; }
  std::string workspaceBytes() const { return prefix + "workspace_bytes"; }
  std::string network() const { return prefix + "network"; }
  std::string init() const { return prefix + "init"; }
  std::string gradients() const { return prefix + "gradients"; }
  std::string trainStep() const { return prefix + "train_step"; }
  std::string trainingWorkspaceBytes() const { return prefix + "training_workspace_bytes"; }

  // Hidden: between the objects of the library.
  std::string kernel(const PlannedKernel &kernel) const { return prefix + kernel.name; }
  std::string weights() const { return prefix + "weights"; }

  // Local to the object of the network function.
  std::string descriptor() const { return prefix + "descriptor"; }
  std::string weightsHeader() const { return prefix + "weights_header"; }
  std::string runArrays() const { return prefix + "run_arrays"; }
  std::string workspaceBytesArray() const { return prefix + "workspace_bytes_array"; }
  std::string gradientsArrays() const { return prefix + "gradients_arrays"; }
  std::string trainStepArrays() const { return prefix + "train_step_arrays"; }
  std::string trainingWorkspaceBytesArray() const {
    return prefix + "training_workspace_bytes_array";
  }
  std::string checkSizes() const { return prefix + "check_sizes"; }
  std::string expressionValue() const { return prefix + "expression_value"; }

  std::string prefix;
};

} // namespace cnnc
