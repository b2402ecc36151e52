// What every program that trains a compiled network does, whichever network it is.
#pragma once

#include "cnnrt.h"

#include <cstdint>
#include <string>
#include <vector>

/// A network compiled for training, with all memory that it needs: its parameters, the optimizer's
/// state, a workspace, and a thread for each CPU. Functions that fail print why and end the
/// program.
class Trainer {
public:
  /// Batches are of these sizes (as NAME_network() orders them), which may change with each call of
  /// setSizes. The parameters are random, drawn by `seed`, or what the network was compiled with.
  Trainer(const cnnrt_network *network, std::vector<int64_t> sizes, uint64_t seed);
  ~Trainer();
  Trainer(const Trainer &) = delete;
  Trainer &operator=(const Trainer &) = delete;

  void setSizes(std::vector<int64_t> newSizes);

  /// One step of the optimizer; the loss before it.
  float step(const std::vector<const void *> &inputs, const std::vector<const void *> &targets,
             float learningRate);

  /// The network's outputs, by the parameters of now.
  void run(const std::vector<const void *> &inputs, const std::vector<void *> &outputs);

  /// Takes the parameters that another network has under the same names, and in the same dims.
  void takeParameters(const Trainer &other);

  uint64_t steps = 0; ///< How many were made.

private:
  void check(int status) const;

  const cnnrt_network *network;
  std::vector<int64_t> sizes;
  cnnrt_exec *pool;
  std::vector<float> parameters, state;
  void *workspace = nullptr;
  size_t workspaceBytes = 0;
};

/// A learning rate that falls from `highest` to 0 as half a cosine, after a start of a few steps.
float cosineRate(float highest, uint64_t step, uint64_t steps);
