#include "examples/digits/Lenet.h"

#include "lenet.h" // written by cnnc

Trainer makeLenet(uint64_t seed, const cnnrt_exec *exec) {
  return Trainer(lenet_network(), {1}, seed, exec);
}

float trainStep(Trainer &lenet, const Digits &batch, float learningRate) {
  lenet.setSizes({static_cast<int64_t>(batch.size())});
  return lenet.step({batch.images.data()}, {batch.labels.data()}, learningRate);
}

double measureAccuracy(Trainer &lenet, const Digits &digits) {
  std::vector<float> probabilities(digits.size() * numClasses);
  lenet.setSizes({static_cast<int64_t>(digits.size())});
  lenet.run({digits.images.data()}, {probabilities.data()});
  int right = 0;
  for (size_t i = 0; i < digits.size(); ++i)
    right += likeliest(probabilities.data() + i * numClasses) == digits.labels[i];
  return 100.0 * right / static_cast<double>(digits.size());
}
