#include "examples/lines/Learner.h"

#include "trained_lines.h" // written by cnnc

#include <algorithm>
#include <cmath>
#include <cstdio>

static void require(int status) {
  if (status == CNNRT_OK)
    return;
  std::fprintf(stderr, "error: %s\n", cnnrt_status_string(status));
  std::exit(1);
}

namespace {
/// Pictures as the network takes them, one after the other.
struct Batch {
  explicit Batch(const std::vector<Drawing> &pictures);

  int64_t n, height, width;
  std::vector<float> pixels;
  std::vector<int32_t> labels;
};
} // namespace

Batch::Batch(const std::vector<Drawing> &pictures)
    : n(static_cast<int64_t>(pictures.size())), height(pictures[0].height),
      width(pictures[0].width) {
  for (const Drawing &picture : pictures) {
    pixels.insert(pixels.end(), picture.pixels.begin(), picture.pixels.end());
    labels.push_back(picture.orientation);
  }
}

Learner::Learner(uint64_t seed) : parameters(TRAINED_LINES_PARAMETERS), state(TRAINED_LINES_STATE) {
  require(trained_lines_init(parameters.data(), state.data(), seed));
}

float Learner::trainStep(const std::vector<Drawing> &pictures, float learningRate) {
  Batch batch(pictures);
  void *memory = workspace.reserve(
      trained_lines_training_workspace_bytes(batch.n, batch.height, batch.width, 1));
  float loss;
  require(trained_lines_train_step(parameters.data(), state.data(), batch.pixels.data(),
                                   batch.labels.data(), batch.n, batch.height, batch.width,
                                   learningRate, step++, &loss, memory, workspace.size(), nullptr));
  return loss;
}

Learner::Score Learner::test(const std::vector<Drawing> &pictures) {
  Batch batch(pictures);
  void *memory =
      workspace.reserve(trained_lines_workspace_bytes(batch.n, batch.height, batch.width, 1));
  std::vector<float> probabilities(pictures.size() * 2);
  require(trained_lines_run(parameters.data(), batch.pixels.data(), probabilities.data(), batch.n,
                            batch.height, batch.width, memory, workspace.size(), nullptr));
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
  int64_t height = picture.height, width = picture.width;
  void *memory = workspace.reserve(trained_lines_training_workspace_bytes(1, height, width, 1));
  int32_t label = wanted;
  float loss;
  std::vector<float> ofParameters(parameters.size()), ofPixels(picture.pixels.size());
  require(trained_lines_gradients(parameters.data(), picture.pixels.data(), &label, 1, height,
                                  width, &loss, ofParameters.data(), ofPixels.data(), step, memory,
                                  workspace.size(), nullptr));
  for (float &value : ofPixels)
    value /= static_cast<float>(std::expm1(static_cast<double>(-loss)));
  return {-std::log(std::expm1(static_cast<double>(loss))), ofPixels};
}

const float *Learner::parameter(const std::string &name) const {
  const cnnrt_network *network = trained_lines_network();
  for (int32_t i = 0; i < network->num_parameters; ++i)
    if (name == network->parameters[i].name)
      return parameters.data() + network->parameters[i].offset;
  std::fprintf(stderr, "error: the network has no parameter %s\n", name.c_str());
  std::exit(1);
}
