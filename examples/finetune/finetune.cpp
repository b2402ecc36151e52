// finetune [STEPS]: EfficientNet-Lite0 learns to tell parts of one photograph from parts of
// another: first a new head alone, on the features that it has from ImageNet, then all of it.
// Trained on parts of the left of each photograph, measured on parts of the right.
#include "examples/common/Image.h"
#include "examples/common/Trainer.h"

#include "head.h"  // written by cnnc
#include "whole.h" // written by cnnc

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

constexpr int batch = 16; // the sizes that both networks were compiled for
constexpr int side = 64;
constexpr int testBatches = 16;

namespace {
struct Batch {
  std::vector<uint8_t> images;
  std::vector<int64_t> labels;
};

/// Parts of some photographs, from one range of their columns.
class Parts {
public:
  Parts(uint32_t seed) : random(seed) {}
  void add(Image photograph) { photographs.push_back(std::move(photograph)); }
  Batch draw();

private:
  std::vector<Image> photographs;
  std::mt19937 random;
};
} // namespace

/// Parts at random places; the label is the number of the photograph.
Batch Parts::draw() {
  Batch result;
  for (int i = 0; i < batch; ++i) {
    size_t label = random() % photographs.size();
    const Image &photograph = photographs[label];
    int top = static_cast<int>(random() % static_cast<uint32_t>(photograph.height - side + 1));
    int left = static_cast<int>(random() % static_cast<uint32_t>(photograph.width - side + 1));
    for (float value : crop(photograph, top, left, side, side).pixels)
      result.images.push_back(static_cast<uint8_t>(value * 255 + 0.5f));
    result.labels.push_back(static_cast<int64_t>(label));
  }
  return result;
}

static void train(Trainer &trainer, Parts &parts, uint64_t steps, float highestRate) {
  train({steps, highestRate, 20, 20}, [&](float rate) {
    Batch drawn = parts.draw();
    return trainer.step({drawn.images.data()}, {drawn.labels.data()}, rate);
  });
}

/// The share of held-out parts that are told right, in percent; the same parts in each call.
static double measure(Trainer &trainer, const Image &first, const Image &second) {
  Parts heldOut(2);
  heldOut.add(first);
  heldOut.add(second);
  int right = 0;
  for (int k = 0; k < testBatches; ++k) {
    Batch drawn = heldOut.draw();
    float probabilities[batch][2];
    trainer.run({drawn.images.data()}, {probabilities});
    for (int i = 0; i < batch; ++i)
      right += (probabilities[i][1] > probabilities[i][0]) == (drawn.labels[i] == 1);
  }
  return 100.0 * right / (batch * testBatches);
}

/// The columns of a photograph from `begin` to `end`, parts of its width.
static Image columns(const Image &photograph, double begin, double end) {
  int first = static_cast<int>(begin * photograph.width);
  int last = static_cast<int>(end * photograph.width);
  return crop(photograph, 0, first, photograph.height, last - first);
}

int main(int argc, char **argv) {
  uint64_t steps = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100;
  auto begin = std::chrono::steady_clock::now();
  Image china = loadImage(PHOTOGRAPHS "/china.jpg"), flower = loadImage(PHOTOGRAPHS "/flower.jpg");
  Parts parts(1);
  parts.add(columns(china, 0, 0.6));
  parts.add(columns(flower, 0, 0.6));
  Image restOfChina = columns(china, 0.6, 1), restOfFlower = columns(flower, 0.6, 1);

  Trainer head(head_network(), {}, 1);
  std::printf("before training: %.1f %%\n", measure(head, restOfChina, restOfFlower));
  train(head, parts, steps, 0.01f);
  double ofHead = measure(head, restOfChina, restOfFlower);

  // All of it goes on from there, with steps so small that what it knows is not lost.
  Trainer whole(whole_network(), {}, 1);
  whole.takeParameters(head);
  train(whole, parts, steps, 0.0001f);
  double ofWhole = measure(whole, restOfChina, restOfFlower);
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::printf("result: training time %.1f s\n", seconds.count());
  std::printf("result: accuracy of the head alone %.1f %%\n", ofHead);
  std::printf("result: accuracy of the whole network %.1f %%\n", ofWhole);
  return 0;
}
