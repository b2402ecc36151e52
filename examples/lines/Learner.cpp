#include "examples/lines/Learner.h"

#include "trained_lines.h" // written by cnnc

#include <algorithm>
#include <cmath>

namespace {
/// Pictures as the network takes them, one after the other.
struct Batch {
  explicit Batch(const std::vector<Drawing> &pictures);

  std::vector<int64_t> sizes;
  std::vector<float> pixels;
  std::vector<int32_t> labels;
};
} // namespace

Batch::Batch(const std::vector<Drawing> &pictures)
    : sizes{static_cast<int64_t>(pictures.size()), pictures[0].height, pictures[0].width} {
  for (const Drawing &picture : pictures) {
    pixels.insert(pixels.end(), picture.pixels.begin(), picture.pixels.end());
    labels.push_back(picture.orientation);
  }
}

// Of one picture, until it is known how many there are.
Learner::Learner(uint64_t seed) : trainer(trained_lines_network(), {1, 32, 48}, seed, nullptr) {}

float Learner::trainStep(const std::vector<Drawing> &pictures, float learningRate) {
  Batch batch(pictures);
  trainer.setSizes(batch.sizes);
  return trainer.step({batch.pixels.data()}, {batch.labels.data()}, learningRate);
}

Learner::Score Learner::test(const std::vector<Drawing> &pictures) {
  Batch batch(pictures);
  trainer.setSizes(batch.sizes);
  std::vector<float> probabilities(pictures.size() * 2);
  trainer.run({batch.pixels.data()}, {probabilities.data()});
  Score score{0, 0};
  for (size_t i = 0; i < pictures.size(); ++i) {
    const float *p = probabilities.data() + i * 2;
    // What is undecided is an error, too.
    score.errors += !(p[batch.labels[i]] > p[1 - batch.labels[i]]);
    score.loss -= std::log(static_cast<double>(std::max(p[batch.labels[i]], 1e-30f)));
  }
  score.loss /= static_cast<double>(pictures.size());
  return score;
}

// With the advantage f of the wanted class, cross entropy is L = log(1 + exp(-f)): so f follows
// from L, and the gradient of L is that of f times exp(-L) - 1. As long as another class is found
// both are exact, however sure the network is of it.
Learner::Slope Learner::slope(const Drawing &picture, Orientation wanted) {
  Batch batch({picture});
  batch.labels[0] = wanted;
  trainer.setSizes(batch.sizes);
  std::vector<float> ofPixels(picture.pixels.size());
  float loss =
      trainer.inputGradients({batch.pixels.data()}, {batch.labels.data()}, {ofPixels.data()});
  for (float &value : ofPixels)
    value /= static_cast<float>(std::expm1(static_cast<double>(-loss)));
  return {-std::log(std::expm1(static_cast<double>(loss))), ofPixels};
}
