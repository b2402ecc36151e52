// digits_train DATA CHECKPOINT: trains LeNet on the digits of the folder DATA on one core and
// writes its parameters to CHECKPOINT, which cnnc compiles into a library for inference.
#include "examples/common/Workspace.h"
#include "examples/digits/Digits.h"

#include "cnnrt_io.h"
#include "lenet.h" // written by cnnc

#include <chrono>
#include <cmath>
#include <cstdio>

constexpr int epochs = 15, batch = 50;
constexpr float largestRate = 0.03f;

namespace {
/// The network while it is trained.
struct Training {
  std::vector<float> parameters = std::vector<float>(LENET_PARAMETERS);
  std::vector<float> state = std::vector<float>(LENET_STATE);
  Workspace workspace;
  uint64_t step = 0;
};
} // namespace

/// The learning rate falls from largestRate to 0, along half a period of a cosine.
static float learningRate(uint64_t step, uint64_t steps) {
  return largestRate * 0.5f *
         (1 + std::cos(3.14159265f * static_cast<float>(step) / static_cast<float>(steps)));
}

/// Goes once through the digits in random order; the mean loss in `meanLoss`. A status.
static int trainEpoch(Training &training, const Digits &digits, std::mt19937 &random,
                      float &meanLoss) {
  std::vector<uint32_t> order = shuffled(random, digits.size());
  std::vector<uint8_t> images(batch * numPixels);
  std::vector<int32_t> labels(batch);
  size_t batches = digits.size() / batch;
  meanLoss = 0;
  void *workspace = training.workspace.reserve(lenet_training_workspace_bytes(batch, 1));
  for (size_t b = 0; b < batches; ++b) {
    for (int i = 0; i < batch; ++i) {
      uint32_t index = order[b * batch + i];
      copyMoved(digits, index, random, images.data() + i * numPixels);
      labels[i] = digits.labels[index];
    }
    float loss;
    int status =
        lenet_train_step(training.parameters.data(), training.state.data(), images.data(),
                         labels.data(), batch, learningRate(training.step, epochs * batches),
                         training.step, &loss, workspace, training.workspace.size(), nullptr);
    if (status != CNNRT_OK)
      return status;
    ++training.step;
    meanLoss += loss / static_cast<float>(batches);
  }
  return CNNRT_OK;
}

/// The share of `digits` that the network names rightly, in percent. A status.
static int measureAccuracy(Training &training, const Digits &digits, double &accuracy) {
  int64_t n = static_cast<int64_t>(digits.size());
  std::vector<float> probabilities(digits.size() * numClasses);
  void *workspace = training.workspace.reserve(lenet_workspace_bytes(n, 1));
  int status = lenet_run(training.parameters.data(), digits.images.data(), probabilities.data(), n,
                         workspace, training.workspace.size(), nullptr);
  int right = 0;
  for (size_t i = 0; i < digits.size(); ++i)
    right += likeliest(probabilities.data() + i * numClasses) == digits.labels[i];
  accuracy = 100.0 * right / static_cast<double>(digits.size());
  return status;
}

/// Everything that has a status.
static int trainAndSave(const Digits &digits, const Digits &heldOut, const char *checkpoint) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point start = Clock::now();
  std::mt19937 random(1);
  Training training;
  double accuracy = 0;
  int status = lenet_init(training.parameters.data(), training.state.data(), 1);
  for (int epoch = 1; epoch <= epochs && status == CNNRT_OK; ++epoch) {
    float loss;
    status = trainEpoch(training, digits, random, loss);
    if (status == CNNRT_OK)
      status = measureAccuracy(training, heldOut, accuracy);
    if (status == CNNRT_OK)
      std::printf("epoch %2d: loss %.4f, held-out accuracy %.1f %%\n", epoch,
                  static_cast<double>(loss), accuracy);
  }
  if (status != CNNRT_OK)
    return status;
  std::printf("result: held-out accuracy %.2f %%\n", accuracy);
  std::printf("result: training time %.1f s\n",
              std::chrono::duration<double>(Clock::now() - start).count());
  return cnnrt_checkpoint_save(checkpoint, lenet_network(), training.parameters.data(), nullptr,
                               training.step);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: digits_train DATA CHECKPOINT\n");
    return 1;
  }
  Digits digits, heldOut;
  if (!loadDigits(argv[1], digits, heldOut)) {
    std::fprintf(stderr, "error: %s has no images.bin and labels.bin that fit\n", argv[1]);
    return 1;
  }
  int status = trainAndSave(digits, heldOut, argv[2]);
  if (status != CNNRT_OK)
    std::fprintf(stderr, "error: %s\n", cnnrt_status_string(status));
  return status == CNNRT_OK ? 0 : 1;
}
