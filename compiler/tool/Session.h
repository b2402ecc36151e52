// A model compiled in memory, and inputs for it: what run and verify begin with.
#pragma once

#include "compiler/codegen/Load.h"
#include "compiler/tool/Model.h"
#include "compiler/tool/Tensors.h"

namespace cnnc {

/// The options on inputs.
struct InputOptions {
  std::vector<std::string> files; ///< NAME=FILE.
  uint64_t seed = 1;

  /// Declares --input and --input-seed.
  void declare(CLI::App &command);
};

struct Session {
  NetworkPlan plan;
  std::unique_ptr<LoadedNetwork> network; ///< Refers to `plan`.
  std::vector<int64_t> sizes;             ///< Of the plan's symbolic sizes, for these inputs.
  std::vector<HostTensor> inputs;
};

/// Takes the module through all stages and loads what would be packed. Null after a message.
std::unique_ptr<Session> openSession(mlir::ModuleOp module, const ModelOptions &model,
                                     const InputOptions &inputs);

} // namespace cnnc
