#include "examples/support/Trainer.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

Trainer::Trainer(const cnnrt_network *network, std::vector<int64_t> sizes, uint64_t seed)
    : network(network), pool(cnnrt_pool_create(0)),
      parameters(static_cast<size_t>(network->parameter_floats)),
      state(static_cast<size_t>(network->state_floats)) {
  setSizes(std::move(sizes));
  check(network->init(parameters.data(), state.data(), seed));
}

Trainer::~Trainer() {
  std::free(workspace);
  cnnrt_pool_destroy(pool);
}

void Trainer::check(int status) const {
  if (status == CNNRT_OK)
    return;
  std::fprintf(stderr, "error: %s: %s\n", network->name, cnnrt_status_string(status));
  std::exit(1);
}

void Trainer::setSizes(std::vector<int64_t> newSizes) {
  sizes = std::move(newSizes);
  check(network->check_sizes(sizes.data(), nullptr, 0));
  int threads = pool ? pool->threads : 1;
  size_t bytes = std::max(network->workspace_bytes(sizes.data(), threads),
                          network->training_workspace_bytes(sizes.data(), threads));
  if (bytes <= workspaceBytes)
    return;
  std::free(workspace);
  workspaceBytes = (bytes + CNNRT_WORKSPACE_ALIGNMENT - 1) / CNNRT_WORKSPACE_ALIGNMENT *
                   CNNRT_WORKSPACE_ALIGNMENT;
  workspace = std::aligned_alloc(CNNRT_WORKSPACE_ALIGNMENT, workspaceBytes);
}

float Trainer::step(const std::vector<const void *> &inputs,
                    const std::vector<const void *> &targets, float learningRate) {
  float loss = 0;
  check(network->train_step(parameters.data(), state.data(), inputs.data(), targets.data(),
                            sizes.data(), learningRate, steps, &loss, workspace, workspaceBytes,
                            pool));
  ++steps;
  return loss;
}

void Trainer::run(const std::vector<const void *> &inputs, const std::vector<void *> &outputs) {
  check(network->run_with_parameters(parameters.data(), inputs.data(), outputs.data(), sizes.data(),
                                     workspace, workspaceBytes, pool));
}

void Trainer::takeParameters(const Trainer &other) {
  for (int32_t i = 0; i < other.network->num_parameters; ++i) {
    const cnnrt_tensor &theirs = other.network->parameters[i];
    for (int32_t k = 0; k < network->num_parameters; ++k) {
      const cnnrt_tensor &ours = network->parameters[k];
      if (std::strcmp(theirs.name, ours.name) == 0)
        std::copy_n(other.parameters.begin() + theirs.offset,
                    cnnrt_tensor_bytes(network, &ours, sizes.data()) / sizeof(float),
                    parameters.begin() + ours.offset);
    }
  }
}

float cosineRate(float highest, uint64_t step, uint64_t steps) {
  constexpr uint64_t start = 20;
  float rate = highest * 0.5f *
               (1 + std::cos(3.14159265f * static_cast<float>(step) / static_cast<float>(steps)));
  return rate * std::min(1.0f, static_cast<float>(step + 1) / start);
}
