// LeNet while it is trained: the whole use of its training library.
#pragma once

#include "examples/common/Workspace.h"
#include "examples/digits/Digits.h"

#include <string>
#include <vector>

/// Parameters and the optimizer's state. Functions return a cnnrt_status.
class Lenet {
public:
  /// Random parameters.
  explicit Lenet(uint64_t seed);

  /// One step of the optimizer on `batch`; the loss before it in `loss`. `exec` may have the
  /// gradients averaged over several processes; null for one.
  int step(const Digits &batch, float learningRate, float &loss, const cnnrt_exec *exec = nullptr);

  /// The share of `digits` that the network names rightly, in percent.
  int measureAccuracy(const Digits &digits, double &accuracy);

  /// Writes the parameters as a safetensors file.
  int save(const std::string &path) const;

  const std::vector<float> &parameterBlock() const { return parameters; }

private:
  std::vector<float> parameters, state;
  Workspace workspace;
  uint64_t steps = 0;
};

/// A learning rate that falls from `largest` to 0 in `steps` steps, along half a period of a
/// cosine.
float fallingRate(float largest, int step, int steps);
