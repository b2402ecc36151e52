#include "examples/common/Trainer.h"
#include "examples/common/Require.h"

#include "cnnrt_io.h"

#include <algorithm>
#include <cmath>

Trainer::Trainer(const cnnrt_network *network, std::vector<int64_t> sizes, uint64_t seed,
                 const cnnrt_exec *exec)
    : network(network), exec(exec), parameterBlock(static_cast<size_t>(network->parameter_floats)),
      state(static_cast<size_t>(network->state_floats)) {
  setSizes(std::move(sizes));
  require(network->init(parameterBlock.data(), state.data(), seed));
}

Trainer::Trainer(const cnnrt_network *network, std::vector<int64_t> sizes, uint64_t seed)
    : Trainer(network, sizes, seed, nullptr) {
  pool.reset(cnnrt_pool_create(0));
  exec = pool.get();
  setSizes(std::move(sizes)); // More threads need a larger workspace.
}

void Trainer::setSizes(std::vector<int64_t> newSizes) {
  sizes = std::move(newSizes);
  require(network->check_sizes(sizes.data(), nullptr, 0));
  int threads = exec ? exec->threads : 1;
  workspace.reserve(std::max(network->workspace_bytes(sizes.data(), threads),
                             network->training_workspace_bytes(sizes.data(), threads)));
}

float Trainer::step(const std::vector<const void *> &inputs,
                    const std::vector<const void *> &targets, float learningRate) {
  float loss = 0;
  require(network->train_step(parameterBlock.data(), state.data(), inputs.data(), targets.data(),
                              sizes.data(), learningRate, steps, &loss, workspace.data(),
                              workspace.size(), exec));
  ++steps;
  return loss;
}

void Trainer::run(const std::vector<const void *> &inputs, const std::vector<void *> &outputs) {
  require(network->run_with_parameters(parameterBlock.data(), inputs.data(), outputs.data(),
                                       sizes.data(), workspace.data(), workspace.size(), exec));
}

float Trainer::inputGradients(const std::vector<const void *> &inputs,
                              const std::vector<const void *> &targets,
                              const std::vector<float *> &gradients) {
  float loss = 0;
  std::vector<float> ofParameters(parameterBlock.size());
  require(network->gradients(parameterBlock.data(), inputs.data(), targets.data(), sizes.data(),
                             &loss, ofParameters.data(), gradients.data(), steps, workspace.data(),
                             workspace.size(), exec));
  return loss;
}

void Trainer::takeParameters(const Trainer &other) {
  for (int32_t i = 0; i < other.network->num_parameters; ++i) {
    const cnnrt_tensor &theirs = other.network->parameters[i];
    if (const cnnrt_tensor *ours = find(theirs.name))
      std::copy_n(other.parameterBlock.begin() + theirs.offset,
                  cnnrt_tensor_bytes(network, ours, sizes.data()) / sizeof(float),
                  parameterBlock.begin() + ours->offset);
  }
}

void Trainer::save(const std::string &path) const {
  require(cnnrt_checkpoint_save(path.c_str(), network, parameterBlock.data(), nullptr, steps));
}

const cnnrt_tensor *Trainer::find(const std::string &name) const {
  for (int32_t i = 0; i < network->num_parameters; ++i)
    if (name == network->parameters[i].name)
      return &network->parameters[i];
  return nullptr;
}

const float *Trainer::parameter(const std::string &name) const {
  if (const cnnrt_tensor *found = find(name))
    return parameterBlock.data() + found->offset;
  std::fprintf(stderr, "error: %s has no parameter %s\n", network->name, name.c_str());
  std::exit(1);
}

float cosineRate(float highest, uint64_t step, uint64_t steps, uint64_t warmUp) {
  float phase = 3.14159265f * static_cast<float>(step) / static_cast<float>(steps);
  float rate = highest * 0.5f * (1 + std::cos(phase));
  if (step < warmUp)
    rate *= static_cast<float>(step + 1) / static_cast<float>(warmUp);
  return rate;
}

void train(const Training &training, const std::function<float(float learningRate)> &step) {
  double sum = 0;
  for (uint64_t i = 0; i < training.steps; ++i) {
    sum += static_cast<double>(
        step(cosineRate(training.highestRate, i, training.steps, training.warmUp)));
    if ((i + 1) % training.interval != 0)
      continue;
    std::printf("step %4d: loss %.5f\n", static_cast<int>(i + 1),
                sum / static_cast<double>(training.interval));
    sum = 0;
  }
}
