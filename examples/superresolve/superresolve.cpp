// superresolve [STEPS [PICTURE.png]]: trains the network on crops of some photographs, measures on
// others how well it doubles their resolution, beside bicubic interpolation, and writes a part of
// them in all forms.
#include "examples/common/Trainer.h"
#include "examples/superresolve/Resample.h"

#include "superresolve.h" // written by cnnc

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>

constexpr int batch = 8;
constexpr int side = 24; ///< Of a crop, before it is enlarged.

static std::vector<Image> loadAll(const std::vector<const char *> &names) {
  std::vector<Image> images;
  for (const char *name : names) {
    Image image = loadImage(std::string(PHOTOGRAPHS "/") + name);
    // Even sizes of the reduced picture as well: the network halves that once more.
    images.push_back(crop(image, 0, 0, image.height / 4 * 4, image.width / 4 * 4));
  }
  return images;
}

namespace {
/// Photographs to train on, and their halves.
struct Crops {
  std::vector<Image> large, small;
  std::mt19937 random{1};

  explicit Crops(std::vector<Image> photographs) : large(std::move(photographs)) {
    for (const Image &image : large)
      small.push_back(halve(image));
  }

  /// A batch of crops, and what they are to become, half of them mirrored. Of two random places
  /// the one with more detail is taken, since sky teaches little.
  void draw(std::vector<float> &inputs, std::vector<float> &truth);

private:
  struct Place {
    size_t image;
    int top, left;
  };
  Place drawPlace() {
    size_t k = random() % large.size();
    uint32_t rows = static_cast<uint32_t>(small[k].height - side);
    uint32_t columns = static_cast<uint32_t>(small[k].width - side);
    int top = static_cast<int>(random() % rows);
    return {k, top, static_cast<int>(random() % columns)};
  }
  Image cropSmall(const Place &place) const {
    return crop(small[place.image], place.top, place.left, side, side);
  }
};
} // namespace

static void append(std::vector<float> &batch, const Image &image, bool mirrored) {
  for (int row = 0; row < image.height; ++row)
    for (int column = 0; column < image.width; ++column) {
      const float *pixel = image.at(row, mirrored ? image.width - 1 - column : column);
      batch.insert(batch.end(), pixel, pixel + 3);
    }
}

/// The sum of differences between neighbours in a row: small where there is nothing to see.
static float detail(const Image &image) {
  float sum = 0;
  for (int row = 0; row < image.height; ++row)
    for (int i = 0; i < 3 * (image.width - 1); ++i)
      sum += std::fabs(image.at(row, 0)[i + 3] - image.at(row, 0)[i]);
  return sum;
}

void Crops::draw(std::vector<float> &inputs, std::vector<float> &truth) {
  inputs.clear();
  truth.clear();
  for (int i = 0; i < batch; ++i) {
    Place best = drawPlace(), other = drawPlace();
    if (detail(cropSmall(other)) > detail(cropSmall(best)))
      best = other;
    Image truthCrop = crop(large[best.image], 2 * best.top, 2 * best.left, 2 * side, 2 * side);
    bool mirrored = random() % 2 == 1;
    append(inputs, cropSmall(best), mirrored);
    append(truth, truthCrop, mirrored);
  }
}

static Image enlarge(Trainer &trainer, const Image &image) {
  Image result(2 * image.height, 2 * image.width);
  trainer.setSizes({1, image.height, image.width});
  trainer.run({image.pixels.data()}, {result.pixels.data()});
  clampToRange(result);
  return result;
}

int main(int argc, char **argv) {
  uint64_t steps = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1500;
  const char *path = argc > 2 ? argv[2] : PICTURE;
  auto begin = std::chrono::steady_clock::now();
  Crops crops(loadAll({"china.jpg", "flower.jpg", "rocket.jpg", "more/astronaut.png",
                       "more/camera.png", "more/gravel.png", "more/grass.png"}));
  Trainer trainer(superresolve_network(), {batch, side, side}, 1);
  std::vector<float> inputs, truth;
  train({steps, 0.002f}, [&](float rate) {
    crops.draw(inputs, truth);
    return trainer.step({inputs.data()}, {truth.data()}, rate);
  });
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;

  std::vector<const char *> names = {"chelsea.png", "coffee.png"};
  std::vector<Image> photographs = loadAll(names);
  std::vector<std::vector<Image>> rows;
  double sumOfBicubic = 0, sumOfNetwork = 0;
  for (size_t k = 0; k < photographs.size(); ++k) {
    Image small = halve(photographs[k]);
    Image bicubic = doubleBicubic(small), network = enlarge(trainer, small);
    double ofBicubic = psnr(bicubic, photographs[k]), ofNetwork = psnr(network, photographs[k]);
    std::printf("%s: bicubic %.2f dB, network %.2f dB\n", names[k], ofBicubic, ofNetwork);
    sumOfBicubic += ofBicubic;
    sumOfNetwork += ofNetwork;
    std::vector<Image> row;
    for (const Image *image : {&bicubic, &network, &photographs[k]})
      row.push_back(crop(*image, image->height / 4, image->width / 4, 120, 160));
    rows.push_back(row);
  }
  saveImage(path, table(rows, 2), "bicubic, network, photograph");
  double count = static_cast<double>(photographs.size());
  std::printf("result: training time %.1f s\n", seconds.count());
  std::printf("result: bicubic PSNR %.2f dB\n", sumOfBicubic / count);
  std::printf("result: network PSNR %.2f dB\n", sumOfNetwork / count);
  std::printf("result: ahead of bicubic by %.2f dB\n", (sumOfNetwork - sumOfBicubic) / count);
  return 0;
}
