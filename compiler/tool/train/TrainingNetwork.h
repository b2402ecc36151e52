// A network compiled for training in this process, with what a caller of its library would own: the
// blocks of parameters and state, a workspace, threads.
#pragma once

#include "compiler/Pipeline.h"
#include "compiler/check/HostTensor.h"
#include "compiler/codegen/Load.h"

#include <memory>
#include <string>
#include <vector>

namespace cnnc {

/// One call's tensors, in the order of the plan, and the sizes that they have.
struct Batch {
  std::vector<HostTensor> inputs, targets;
  std::vector<int64_t> sizes;
};

/// What a call of NAME_gradients gives.
struct BatchGradients {
  float loss = 0;
  std::vector<float> parameters;          ///< A block that lies like the parameters.
  std::vector<std::vector<float>> inputs; ///< Of those that have one: inputsWithGradient.
};

class TrainingNetwork {
public:
  /// Takes a module that a frontend left through all stages and loads it; parameters and state are
  /// those before training, random ones by `seed`. The error is empty where a diagnostic has said
  /// why.
  static Result<std::unique_ptr<TrainingNetwork>>
  compile(mlir::ModuleOp module, PipelineOptions options, uint64_t seed, int threads);

  const NetworkPlan &plan() const { return networkPlan; }
  const TrainingPlan &training() const { return *networkPlan.training; }
  const cnnrt_network &network() const { return loaded->network(); }

  /// Why the network can not take these sizes, or done().
  Status checkSizes(const std::vector<int64_t> &sizes) const;
  /// The gradients of the batch's loss.
  Result<BatchGradients> gradients(const Batch &batch, uint64_t step);
  /// A step of the optimizer. A cnnrt_status; `loss` is that before the step.
  int trainStep(const Batch &batch, float learningRate, uint64_t step, float &loss);
  /// The outputs, as the network computes them when it is not trained.
  Result<std::vector<HostTensor>> run(const Batch &batch);

  std::vector<float> parameters, state;

private:
  TrainingNetwork(NetworkPlan plan, int threads);
  Status failure(int status) const;
  /// Has the workspace be of at least `bytes` bytes.
  void reserve(size_t bytes);

  NetworkPlan networkPlan;
  std::unique_ptr<LoadedNetwork> loaded;
  std::unique_ptr<cnnrt_exec, void (*)(cnnrt_exec *)> pool;
  std::unique_ptr<void, void (*)(void *)> workspace;
  size_t workspaceBytes = 0;
};

} // namespace cnnc
