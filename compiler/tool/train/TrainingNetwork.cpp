#include "compiler/tool/train/TrainingNetwork.h"

#include "compiler/codegen/LowerTraining.h"
#include "compiler/tool/Tensors.h"

#include <cstdlib>
#include <new>

namespace cnnc {

TrainingNetwork::TrainingNetwork(NetworkPlan plan, int threads)
    : networkPlan(std::move(plan)), pool(cnnrt_pool_create(threads), cnnrt_pool_destroy),
      workspace(nullptr, std::free) {}

Result<std::unique_ptr<TrainingNetwork>> TrainingNetwork::compile(mlir::ModuleOp module,
                                                                  PipelineOptions options,
                                                                  uint64_t seed, int threads) {
  options.train = true;
  std::optional<NetworkPlan> plan = planNetwork(module, options);
  if (!plan)
    return Error{""};
  std::unique_ptr<TrainingNetwork> result(new TrainingNetwork(std::move(*plan), threads));
  Result<LoadedNetwork> loaded = LoadedNetwork::load(result->networkPlan);
  if (!loaded)
    return Error{loaded.error()};
  result->loaded = std::make_unique<LoadedNetwork>(std::move(*loaded));
  result->parameters.resize(static_cast<size_t>(result->training().parameterFloats));
  result->state.resize(static_cast<size_t>(result->training().stateFloats));
  int status = result->network().init(result->parameters.data(), result->state.data(), seed);
  if (status != CNNRT_OK)
    return Error{result->failure(status).error()};
  return result;
}

Status TrainingNetwork::failure(int status) const {
  return Error{networkPlan.name + " failed: " + cnnrt_status_string(status)};
}

void TrainingNetwork::reserve(size_t bytes) {
  if (bytes <= workspaceBytes)
    return;
  workspace.reset(std::aligned_alloc(CNNRT_WORKSPACE_ALIGNMENT, bytes));
  if (!workspace)
    throw std::bad_alloc();
  workspaceBytes = bytes;
}

Status TrainingNetwork::checkSizes(const std::vector<int64_t> &sizes) const {
  char message[256];
  if (network().check_sizes(sizes.data(), message, sizeof message) == CNNRT_OK)
    return done();
  return Error{networkPlan.name + " can not take these sizes: " + message};
}

/// The inputs; behind them the targets, for a network that returns its loss (LossOutput.h).
static std::vector<const void *> inputPointers(const Batch &batch) {
  std::vector<const void *> pointers = pointersTo(batch.inputs),
                            targets = pointersTo(batch.targets);
  pointers.insert(pointers.end(), targets.begin(), targets.end());
  return pointers;
}

Result<BatchGradients> TrainingNetwork::gradients(const Batch &batch, uint64_t step) {
  BatchGradients result;
  result.parameters.resize(parameters.size());
  std::vector<float *> pointers;
  for (size_t input : inputsWithGradient(networkPlan))
    result.inputs.emplace_back(batch.inputs[input].bytes.size() / sizeof(float));
  for (std::vector<float> &gradient : result.inputs)
    pointers.push_back(gradient.data());
  reserve(network().training_workspace_bytes(batch.sizes.data(), pool->threads));
  int status =
      network().gradients(parameters.data(), inputPointers(batch).data(),
                          pointersTo(batch.targets).data(), batch.sizes.data(), &result.loss,
                          result.parameters.data(), pointers.empty() ? nullptr : pointers.data(),
                          step, workspace.get(), workspaceBytes, pool.get());
  if (status != CNNRT_OK)
    return Error{failure(status).error()};
  return result;
}

int TrainingNetwork::trainStep(const Batch &batch, float learningRate, uint64_t step, float &loss) {
  reserve(network().training_workspace_bytes(batch.sizes.data(), pool->threads));
  return network().train_step(parameters.data(), state.data(), inputPointers(batch).data(),
                              pointersTo(batch.targets).data(), batch.sizes.data(), learningRate,
                              step, &loss, workspace.get(), workspaceBytes, pool.get());
}

Result<std::vector<HostTensor>> TrainingNetwork::run(const Batch &batch) {
  std::vector<HostTensor> outputs;
  for (const BorderTensor &output : networkPlan.outputs)
    outputs.emplace_back(output.elementType, shapeAt(output, batch.sizes));
  reserve(network().workspace_bytes(batch.sizes.data(), pool->threads));
  int status = network().run_with_parameters(parameters.data(), inputPointers(batch).data(),
                                             pointersInto(outputs).data(), batch.sizes.data(),
                                             workspace.get(), workspaceBytes, pool.get());
  if (status != CNNRT_OK)
    return Error{failure(status).error()};
  return outputs;
}

} // namespace cnnc
