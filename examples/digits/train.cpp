// digits_train DATA CHECKPOINT: trains LeNet on the digits of the folder DATA on one core and
// writes its parameters to CHECKPOINT, which cnnc compiles into a library for inference.
#include "examples/digits/Lenet.h"

#include <chrono>
#include <cstdio>

constexpr uint64_t epochs = 15, batchSize = 50;
constexpr float largestRate = 0.03f;

static void train(Trainer &lenet, const Digits &digits, const Digits &heldOut) {
  Batches batches(digits, batchSize, 1);
  const uint64_t stepsOfEpoch = digits.size() / batchSize;
  double accuracy = 0;
  for (uint64_t epoch = 1; epoch <= epochs; ++epoch) {
    double meanLoss = 0;
    for (uint64_t i = 0; i < stepsOfEpoch; ++i) {
      float rate = cosineRate(largestRate, lenet.steps, epochs * stepsOfEpoch);
      float loss = trainStep(lenet, batches.next(), rate);
      meanLoss += static_cast<double>(loss) / static_cast<double>(stepsOfEpoch);
    }
    accuracy = measureAccuracy(lenet, heldOut);
    std::printf("epoch %2d: loss %.4f, held-out accuracy %.1f %%\n", static_cast<int>(epoch),
                meanLoss, accuracy);
  }
  std::printf("result: held-out accuracy %.2f %%\n", accuracy);
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
  using Clock = std::chrono::steady_clock;
  Clock::time_point start = Clock::now();
  Trainer lenet = makeLenet(1);
  train(lenet, digits, heldOut);
  std::printf("result: training time %.1f s\n",
              std::chrono::duration<double>(Clock::now() - start).count());
  lenet.save(argv[2]);
  return 0;
}
