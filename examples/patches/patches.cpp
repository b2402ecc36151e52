// patches [SEED]: labels the textures of a picture, once in disjoint patches and once at every
// pixel, and shows that both are the same function.
#include "examples/common/Image.h"
#include "examples/common/Require.h"
#include "examples/common/Workspace.h"
#include "examples/patches/Textures.h"

#include "dense.h" // written by cnnc, as is the next
#include "patch.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

constexpr int height = 240, width = 330;
constexpr int denseHeight = height - patchSide + 1, denseWidth = width - patchSide + 1;
constexpr int patchRows = height / patchSide, patchColumns = width / patchSide;

/// For each class a map of probabilities, row by row.
using Maps = std::vector<float>;

/// Calls `function` some times; the milliseconds of the fastest call.
template <typename Function> static double fastest(Function function) {
  using Clock = std::chrono::steady_clock;
  double best = 0;
  for (int round = 0; round < 20; ++round) {
    Clock::time_point start = Clock::now();
    function();
    double time = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    best = round == 0 ? time : std::min(best, time);
  }
  return best;
}

/// The probabilities of patches, which lie one after the other: [n, numTextures].
static std::vector<float> runPatches(const std::vector<float> &pixels, int64_t n,
                                     double *milliseconds = nullptr) {
  Workspace workspace;
  void *memory = workspace.reserve(patch_workspace_bytes(n, 1));
  std::vector<float> probabilities(static_cast<size_t>(n) * numTextures);
  auto run = [&] {
    require(patch_run(pixels.data(), probabilities.data(), n, memory, workspace.size(), nullptr));
  };
  run();
  if (milliseconds)
    *milliseconds = fastest(run);
  return probabilities;
}

static Maps runDensely(const Mosaic &mosaic, double &milliseconds) {
  Workspace workspace;
  void *memory = workspace.reserve(dense_workspace_bytes(1, height, width, 1));
  Maps maps(numTextures * denseHeight * denseWidth);
  milliseconds = fastest([&] {
    require(dense_run(mosaic.pixels.data(), maps.data(), 1, height, width, memory, workspace.size(),
                      nullptr));
  });
  return maps;
}

/// The class whose probability, every `pitch`-th number from `probabilities` on, is the largest.
static int32_t likeliest(const float *probabilities, int pitch) {
  int best = 0;
  for (int k = 1; k < numTextures; ++k)
    if (probabilities[k * pitch] > probabilities[best * pitch])
      best = k;
  return best;
}

/// The disjoint patches of a picture, one after the other.
static std::vector<float> cutPatches(const Mosaic &mosaic) {
  std::vector<float> patches;
  for (int i = 0; i < patchRows * patchColumns; ++i)
    for (int row = 0; row < patchSide; ++row) {
      int top = i / patchColumns * patchSide + row, left = i % patchColumns * patchSide;
      const float *begin = mosaic.pixels.data() + top * width + left;
      patches.insert(patches.end(), begin, begin + patchSide);
    }
  return patches;
}

/// The largest difference between the patches' probabilities and the maps at the patches' places.
static float largestDifference(const std::vector<float> &ofPatches, const Maps &maps) {
  float largest = 0;
  for (int i = 0; i < patchRows * patchColumns; ++i) {
    int place = i / patchColumns * patchSide * denseWidth + i % patchColumns * patchSide;
    for (int k = 0; k < numTextures; ++k)
      largest = std::max(largest, std::fabs(ofPatches[i * numTextures + k] -
                                            maps[k * denseHeight * denseWidth + place]));
  }
  return largest;
}

/// In percent, of patches of one texture that nobody has seen.
static double accuracyOnPatches() {
  constexpr int n = 2000;
  std::mt19937 random(1000);
  std::vector<float> pixels;
  std::vector<int32_t> labels;
  for (int i = 0; i < n; ++i)
    drawPatch(random, pixels, labels);
  std::vector<float> probabilities = runPatches(pixels, n);
  int right = 0;
  for (int i = 0; i < n; ++i)
    right += likeliest(probabilities.data() + i * numTextures, 1) == labels[i];
  return 100.0 * right / n;
}

static Colour colourOf(int32_t label) {
  static const Colour colours[numTextures] = {
      {0.90f, 0.62f, 0}, {0, 0.45f, 0.70f}, {0, 0.62f, 0.45f}, {0.80f, 0.47f, 0.65f}};
  return colours[label];
}

/// Compares labels of pixels with the truth, but for a margin that only some maps reach into, and
/// draws them as panel number `panel`.
static double show(Image &image, int panel, const Mosaic &mosaic,
                   const std::vector<int32_t> &labels) {
  constexpr int margin = patchSide / 2;
  int right = 0, counted = 0;
  for (int row = margin; row < height - margin; ++row)
    for (int column = margin; column < width - margin; ++column) {
      int32_t label = labels[row * width + column];
      fillSquare(image, row, panel * (width + 8) + column, 1, colourOf(label));
      right += label == mosaic.labels[row * width + column];
      ++counted;
    }
  return 100.0 * right / counted;
}

int main(int argc, char **argv) {
  std::mt19937 random(argc > 1 ? static_cast<uint32_t>(std::strtoul(argv[1], nullptr, 10)) : 1);
  Mosaic mosaic = drawMosaic(random, height, width);
  double patchTime, denseTime;
  std::vector<float> patches = cutPatches(mosaic);
  std::vector<float> ofPatches = runPatches(patches, patchRows * patchColumns, &patchTime);
  Maps maps = runDensely(mosaic, denseTime);

  // Labels of pixels: a patch's for all of it, and a place's for the pixel in the middle of it.
  std::vector<int32_t> coarse(height * width), dense(height * width);
  for (int row = 0; row < height; ++row)
    for (int column = 0; column < width; ++column) {
      int patch = row / patchSide * patchColumns + column / patchSide;
      coarse[row * width + column] = likeliest(ofPatches.data() + patch * numTextures, 1);
    }
  for (int row = 0; row < denseHeight; ++row)
    for (int column = 0; column < denseWidth; ++column)
      dense[(row + patchSide / 2) * width + column + patchSide / 2] =
          likeliest(maps.data() + row * denseWidth + column, denseHeight * denseWidth);

  Image image(height, 4 * (width + 8) - 8, 1);
  drawNumbers(image, 0, 0, height, width, mosaic.pixels.data(), 1, grey);
  show(image, 1, mosaic, mosaic.labels);
  std::printf("result: accuracy on patches of one texture %.1f %%\n", accuracyOnPatches());
  std::printf("result: pixels right by disjoint patches %.1f %%\n", show(image, 2, mosaic, coarse));
  std::printf("result: pixels right densely %.1f %%\n", show(image, 3, mosaic, dense));
  std::printf("result: difference between both at the patches %.1e\n",
              static_cast<double>(largestDifference(ofPatches, maps)));
  std::printf("result: time of a patch %.2f us\n", 1000 * patchTime / (patchRows * patchColumns));
  std::printf("result: time of a pixel's label %.2f us\n",
              1000 * denseTime / (denseHeight * denseWidth));
  saveImage(FOLDER "/labels.png", image,
            "textures, the truth, labels of patches, labels of pixels");
  return 0;
}
