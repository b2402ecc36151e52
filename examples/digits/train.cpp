// digits_train DATA CHECKPOINT: trains LeNet on the digits of the folder DATA on one core and
// writes its parameters to CHECKPOINT, which cnnc compiles into a library for inference.
#include "examples/digits/Lenet.h"

#include <chrono>
#include <cstdio>

constexpr int epochs = 15, batchSize = 50;
constexpr float largestRate = 0.03f;

/// A status.
static int train(Lenet &network, const Digits &digits, const Digits &heldOut) {
  Batches batches(digits, batchSize, 1);
  int stepsOfEpoch = static_cast<int>(digits.size()) / batchSize, step = 0;
  double accuracy = 0;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    double meanLoss = 0;
    for (int i = 0; i < stepsOfEpoch; ++i, ++step) {
      float loss, rate = fallingRate(largestRate, step, epochs * stepsOfEpoch);
      if (int status = network.step(batches.next(), rate, loss))
        return status;
      meanLoss += static_cast<double>(loss) / stepsOfEpoch;
    }
    if (int status = network.measureAccuracy(heldOut, accuracy))
      return status;
    std::printf("epoch %2d: loss %.4f, held-out accuracy %.1f %%\n", epoch, meanLoss, accuracy);
  }
  std::printf("result: held-out accuracy %.2f %%\n", accuracy);
  return CNNRT_OK;
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
  Lenet network(1);
  int status = train(network, digits, heldOut);
  std::printf("result: training time %.1f s\n",
              std::chrono::duration<double>(Clock::now() - start).count());
  if (status == CNNRT_OK)
    status = network.save(argv[2]);
  if (status != CNNRT_OK)
    std::fprintf(stderr, "error: %s\n", cnnrt_status_string(status));
  return status == CNNRT_OK ? 0 : 1;
}
