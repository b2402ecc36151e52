// What every program that trains a compiled network does, whichever network it is.
#pragma once

#include "examples/common/Workspace.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// A network compiled for training, with all memory that it needs: its parameters, the optimizer's
/// state and a workspace. Functions that fail print why and end the program.
class Trainer {
public:
  /// Batches are of these sizes (as NAME_network() orders them), which may change with each call of
  /// setSizes. The parameters are random, drawn by `seed`, or what the network was compiled with.
  /// There is a thread for each CPU.
  Trainer(const cnnrt_network *network, std::vector<int64_t> sizes, uint64_t seed);

  /// The same with the threads and hooks of `exec`, which lives as long as this; null for the
  /// calling thread alone.
  Trainer(const cnnrt_network *network, std::vector<int64_t> sizes, uint64_t seed,
          const cnnrt_exec *exec);

  void setSizes(std::vector<int64_t> newSizes);

  /// One step of the optimizer; the loss before it.
  float step(const std::vector<const void *> &inputs, const std::vector<const void *> &targets,
             float learningRate);

  /// The network's outputs, by the parameters of now.
  void run(const std::vector<const void *> &inputs, const std::vector<void *> &outputs);

  /// Writes the loss's gradient for each input; the loss.
  float inputGradients(const std::vector<const void *> &inputs,
                       const std::vector<const void *> &targets,
                       const std::vector<float *> &gradients);

  /// Takes the parameters that another network has under the same names, and in the same dims.
  void takeParameters(const Trainer &other);

  /// Writes the parameters as a safetensors file.
  void save(const std::string &path) const;

  /// All parameters, one behind the other.
  const std::vector<float> &parameters() const { return parameterBlock; }

  /// A parameter by its name, such as "conv.filter".
  const float *parameter(const std::string &name) const;

  uint64_t steps = 0; ///< How many were made.

private:
  const cnnrt_tensor *find(const std::string &name) const;

  const cnnrt_network *network;
  std::vector<int64_t> sizes;
  std::unique_ptr<cnnrt_exec, void (*)(cnnrt_exec *)> pool{nullptr, cnnrt_pool_destroy};
  const cnnrt_exec *exec;
  std::vector<float> parameterBlock, state;
  Workspace workspace;
};

/// A learning rate that falls from `highest` to 0 in `steps` steps, along half a period of a
/// cosine; in the first `warmUp` steps it grows.
float cosineRate(float highest, uint64_t step, uint64_t steps, uint64_t warmUp = 0);

/// A training: how many steps, and how large.
struct Training {
  uint64_t steps;
  float highestRate;
  uint64_t warmUp = 20;
  uint64_t interval = 100; ///< The mean loss of so many steps is printed.
};

/// Has `step` make all steps, with the learning rate of cosineRate; it returns the loss.
void train(const Training &training, const std::function<float(float learningRate)> &step);
