// segment [STEPS [PICTURE.png]]: trains the network on pictures drawn at random, measures on fresh
// ones how well it labels their pixels, and writes a few with truth and answer beside.
#include "examples/common/Trainer.h"
#include "examples/segment/Shapes.h"

#include "segment.h" // written by cnnc

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

constexpr int side = 48;
constexpr int batch = 8;
constexpr int testBatches = 32;
constexpr size_t pixels = static_cast<size_t>(side) * side;

namespace {
struct Batch {
  std::vector<float> images;
  std::vector<int64_t> labels;
};

/// For each class the pixels that are it in truth and answer (intersection), or in either (union).
struct Overlap {
  int64_t both[numClasses] = {}, either[numClasses] = {};

  void add(const std::vector<int64_t> &truth, const std::vector<int64_t> &answer) {
    for (size_t i = 0; i < truth.size(); ++i) {
      ++either[truth[i]];
      if (truth[i] == answer[i])
        ++both[truth[i]];
      else
        ++either[answer[i]];
    }
  }
  double ratio(int k) const {
    return static_cast<double>(both[k]) / static_cast<double>(either[k]);
  }
};
} // namespace

static Batch drawBatch(std::mt19937 &random) {
  Batch result;
  for (int i = 0; i < batch; ++i) {
    LabelledImage drawn = drawShapes(random, side);
    result.images.insert(result.images.end(), drawn.image.pixels.begin(), drawn.image.pixels.end());
    result.labels.insert(result.labels.end(), drawn.labels.begin(), drawn.labels.end());
  }
  return result;
}

static std::vector<int64_t> labelPixels(Trainer &trainer, const Batch &pictures) {
  std::vector<float> probabilities(batch * pixels * numClasses);
  trainer.run({pictures.images.data()}, {probabilities.data()});
  std::vector<int64_t> answer;
  for (auto p = probabilities.begin(); p != probabilities.end(); p += numClasses)
    answer.push_back(std::max_element(p, p + numClasses) - p);
  return answer;
}

/// Labels as colours: a picture of their own.
static Image paint(const int64_t *labels) {
  static const float colours[numClasses][3] = {
      {0.15f, 0.15f, 0.15f}, {0.9f, 0.3f, 0.2f}, {0.2f, 0.7f, 0.3f}, {0.2f, 0.4f, 0.9f}};
  Image image(side, side);
  for (size_t i = 0; i < pixels; ++i)
    std::copy_n(colours[labels[i]], 3, &image.pixels[i * 3]);
  return image;
}

/// The first pictures of a batch: as drawn, their truth, and the answer.
static void savePictures(const char *path, const Batch &pictures,
                         const std::vector<int64_t> &answer) {
  std::vector<std::vector<Image>> rows;
  for (size_t i = 0; i < 6; ++i) {
    Image picture(side, side);
    std::copy_n(&pictures.images[i * pixels * 3], pixels * 3, picture.pixels.begin());
    rows.push_back({picture, paint(&pictures.labels[i * pixels]), paint(&answer[i * pixels])});
  }
  saveImage(path, table(rows, 2), "pictures, what they are, what the network sees");
}

int main(int argc, char **argv) {
  uint64_t steps = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 800;
  const char *path = argc > 2 ? argv[2] : PICTURE;
  auto begin = std::chrono::steady_clock::now();
  Trainer trainer(segment_network(), {batch}, 1);
  std::mt19937 random(1);
  train({steps, 0.004f}, [&](float rate) {
    Batch drawn = drawBatch(random);
    return trainer.step({drawn.images.data()}, {drawn.labels.data()}, rate);
  });
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;

  Overlap overlap;
  std::mt19937 fresh(2);
  for (int k = 0; k < testBatches; ++k) {
    Batch drawn = drawBatch(fresh);
    std::vector<int64_t> answer = labelPixels(trainer, drawn);
    overlap.add(drawn.labels, answer);
    if (k == 0)
      savePictures(path, drawn, answer);
  }
  static const char *const names[] = {"background", "disc", "square", "triangle"};
  double sum = 0;
  for (int k = 0; k < numClasses; ++k) {
    std::printf("IoU of %-10s %.3f\n", names[k], overlap.ratio(k));
    sum += overlap.ratio(k);
  }
  std::printf("result: training time %.1f s\n", seconds.count());
  std::printf("result: mean IoU %.3f\n", sum / numClasses);
  return 0;
}
