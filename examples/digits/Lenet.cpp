#include "examples/digits/Lenet.h"

#include "cnnrt_io.h"
#include "lenet.h" // written by cnnc

#include <cmath>

Lenet::Lenet(uint64_t seed) : parameters(LENET_PARAMETERS), state(LENET_STATE) {
  lenet_init(parameters.data(), state.data(), seed); // Fails for null pointers only.
}

int Lenet::step(const Digits &batch, float learningRate, float &loss, const cnnrt_exec *exec) {
  int64_t n = static_cast<int64_t>(batch.size());
  void *memory = workspace.reserve(lenet_training_workspace_bytes(n, 1));
  int status =
      lenet_train_step(parameters.data(), state.data(), batch.images.data(), batch.labels.data(), n,
                       learningRate, steps, &loss, memory, workspace.size(), exec);
  steps += status == CNNRT_OK;
  return status;
}

int Lenet::measureAccuracy(const Digits &digits, double &accuracy) {
  int64_t n = static_cast<int64_t>(digits.size());
  std::vector<float> probabilities(digits.size() * numClasses);
  void *memory = workspace.reserve(lenet_workspace_bytes(n, 1));
  int status = lenet_run(parameters.data(), digits.images.data(), probabilities.data(), n, memory,
                         workspace.size(), nullptr);
  int right = 0;
  for (size_t i = 0; i < digits.size(); ++i)
    right += likeliest(probabilities.data() + i * numClasses) == digits.labels[i];
  accuracy = 100.0 * right / static_cast<double>(digits.size());
  return status;
}

int Lenet::save(const std::string &path) const {
  return cnnrt_checkpoint_save(path.c_str(), lenet_network(), parameters.data(), nullptr, steps);
}

float fallingRate(float largest, int step, int steps) {
  float phase = 3.14159265f * static_cast<float>(step) / static_cast<float>(steps);
  return largest * 0.5f * (1 + std::cos(phase));
}
