#include "examples/classify/Picture.h"

#include <algorithm>
#include <cmath>
#include <memory>

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image.h>
#pragma GCC diagnostic pop

constexpr int channels = 3;

namespace {
/// An output pixel along one axis: the input pixels first, first + 1, ... that it is the sum of.
struct Blend {
  int first;
  std::vector<float> weights; ///< Their sum is 1.
};
} // namespace

/// How `size` pixels of an axis become pictureSide: triangles centred on the output pixels.
static std::vector<Blend> blendsForAxis(int size) {
  float scale = static_cast<float>(size) / pictureSide;
  float radius = std::max(scale, 1.0f);
  std::vector<Blend> blends;
  for (int out = 0; out < pictureSide; ++out) {
    float centre = (static_cast<float>(out) + 0.5f) * scale - 0.5f;
    int first = std::max(0, static_cast<int>(std::ceil(centre - radius)));
    int last = std::min(size - 1, static_cast<int>(std::floor(centre + radius)));
    Blend blend{first, {}};
    float sum = 0;
    for (int in = first; in <= last; ++in) {
      float weight = std::max(0.0f, 1 - std::fabs(static_cast<float>(in) - centre) / radius);
      blend.weights.push_back(weight);
      sum += weight;
    }
    for (float &weight : blend.weights)
      weight /= sum;
    blends.push_back(std::move(blend));
  }
  return blends;
}

/// One output row of blended input rows, still `size` pixels wide.
static void blendRows(const uint8_t *square, size_t rowBytes, const Blend &blend,
                      std::vector<float> &row) {
  std::fill(row.begin(), row.end(), 0.0f);
  for (size_t k = 0; k < blend.weights.size(); ++k) {
    const uint8_t *source = square + (static_cast<size_t>(blend.first) + k) * rowBytes;
    for (size_t i = 0; i < row.size(); ++i)
      row[i] += blend.weights[k] * source[i];
  }
}

static uint8_t blendColumns(const std::vector<float> &row, const Blend &blend, int channel) {
  float sum = 0.5f; // to round to the nearest
  for (size_t k = 0; k < blend.weights.size(); ++k)
    sum += blend.weights[k] * row[(static_cast<size_t>(blend.first) + k) * channels + channel];
  return static_cast<uint8_t>(std::min(sum, 255.0f));
}

/// Scales a square of `size` pixels a side; its rows are rowBytes apart.
static std::vector<uint8_t> scaleSquare(const uint8_t *square, int size, size_t rowBytes) {
  std::vector<Blend> blends = blendsForAxis(size);
  std::vector<float> row(static_cast<size_t>(size) * channels);
  std::vector<uint8_t> picture;
  for (const Blend &vertical : blends) {
    blendRows(square, rowBytes, vertical, row);
    for (const Blend &horizontal : blends)
      for (int channel = 0; channel < channels; ++channel)
        picture.push_back(blendColumns(row, horizontal, channel));
  }
  return picture;
}

std::vector<uint8_t> loadPicture(const std::string &path, std::string &error) {
  int width = 0, height = 0, channelsInFile = 0;
  std::unique_ptr<stbi_uc, void (*)(void *)> pixels(
      stbi_load(path.c_str(), &width, &height, &channelsInFile, channels), stbi_image_free);
  if (!pixels) {
    std::string reason = stbi_failure_reason() ? stbi_failure_reason() : "";
    error = "can not read the picture " + path + ": " +
            (reason.empty() ? "it is damaged, or no PNG or JPEG" : reason);
    return {};
  }
  int size = std::min(width, height);
  size_t top = static_cast<size_t>(height - size) / 2, left = static_cast<size_t>(width - size) / 2;
  size_t rowBytes = static_cast<size_t>(width) * channels;
  return scaleSquare(pixels.get() + top * rowBytes + left * channels, size, rowBytes);
}
