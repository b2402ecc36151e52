// patches_train CHECKPOINT: trains the network on patches of one texture each, drawn as they are
// needed, and writes its parameters to CHECKPOINT.
#include "examples/common/Workspace.h"
#include "examples/patches/Textures.h"

#include "cnnrt_io.h"
#include "trained_patches.h" // written by cnnc

#include <cmath>
#include <cstdio>

constexpr int steps = 1500, batchSize = 64;
constexpr float largestRate = 0.003f;

/// A status.
static int train(std::vector<float> &parameters, std::vector<float> &state) {
  Workspace workspace;
  void *memory = workspace.reserve(
      trained_patches_training_workspace_bytes(batchSize, patchSide, patchSide, 1));
  std::mt19937 random(1);
  float mean = 0;
  for (int step = 0; step < steps; ++step) {
    std::vector<float> pixels;
    std::vector<int32_t> labels;
    for (int i = 0; i < batchSize; ++i)
      drawPatch(random, pixels, labels);
    float phase = 3.14159265f * static_cast<float>(step) / steps, loss;
    int status = trained_patches_train_step(
        parameters.data(), state.data(), pixels.data(), labels.data(), batchSize, patchSide,
        patchSide, largestRate * 0.5f * (1 + std::cos(phase)), static_cast<uint64_t>(step), &loss,
        memory, workspace.size(), nullptr);
    if (status != CNNRT_OK)
      return status;
    mean += loss / 300;
    if (step % 300 == 299) {
      std::printf("step %4d: loss %.4f\n", step + 1, static_cast<double>(mean));
      mean = 0;
    }
  }
  return CNNRT_OK;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: patches_train CHECKPOINT\n");
    return 1;
  }
  std::vector<float> parameters(TRAINED_PATCHES_PARAMETERS), state(TRAINED_PATCHES_STATE);
  int status = trained_patches_init(parameters.data(), state.data(), 1);
  if (status == CNNRT_OK)
    status = train(parameters, state);
  if (status == CNNRT_OK)
    status = cnnrt_checkpoint_save(argv[1], trained_patches_network(), parameters.data(), nullptr,
                                   steps);
  if (status != CNNRT_OK)
    std::fprintf(stderr, "error: %s\n", cnnrt_status_string(status));
  return status == CNNRT_OK ? 0 : 1;
}
