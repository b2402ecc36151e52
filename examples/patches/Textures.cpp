#include "examples/patches/Textures.h"
#include "examples/common/Random.h"

#include <cmath>

constexpr float pi = 3.14159265f;

/// A number in [0, 1) that is random, and always the same for the same place and seed.
static float noiseAt(int row, int column, uint32_t seed) {
  uint32_t hash = seed ^ static_cast<uint32_t>(row) * 0x9e3779b1u;
  hash = (hash ^ hash >> 15) * 0x85ebca77u ^ static_cast<uint32_t>(column) * 0xc2b2ae3du;
  hash = (hash ^ hash >> 13) * 0x27d4eb2fu;
  return static_cast<float>((hash ^ hash >> 16) >> 8) / static_cast<float>(1 << 24);
}

/// 1 inside of discs with a diameter of half a period, one in each square of a grid, 0 outside.
static float dotsAt(float u, float v, float period, uint32_t seed) {
  float row = std::floor(v / period), column = std::floor(u / period);
  int r = static_cast<int>(row), c = static_cast<int>(column);
  float x = u - period * (column + 0.3f + 0.4f * noiseAt(r, c, seed));
  float y = v - period * (row + 0.3f + 0.4f * noiseAt(c, r, ~seed));
  return std::hypot(x, y) < period / 4 ? 1.0f : 0.0f;
}

Texture::Texture(int kind, std::mt19937 &random) : kind(kind) {
  float angle = between(random, 0, pi);
  cosine = std::cos(angle);
  sine = std::sin(angle);
  period = between(random, 4, 8);
  phase = between(random, 0, 2 * pi);
  brightness = between(random, 0.3f, 0.7f);
  contrast = between(random, 0.4f, 1.0f);
  seed = static_cast<uint32_t>(random());
}

float Texture::at(int row, int column) const {
  float y = static_cast<float>(row), x = static_cast<float>(column);
  float u = cosine * x + sine * y, v = cosine * y - sine * x;
  float wave = std::sin(2 * pi * u / period + phase), value = 0;
  switch (kind) {
  case 0:
    value = wave / 2;
    break;
  case 1:
    value = wave * std::sin(2 * pi * v / period) > 0 ? 0.5f : -0.5f;
    break;
  case 2:
    value = dotsAt(u, v, period, seed) - 0.5f;
    break;
  default:
    value = noiseAt(row, column, seed) - 0.5f;
  }
  return brightness + contrast * value;
}

// Each region is what is nearer to its centre than to any other.
Mosaic drawMosaic(std::mt19937 &random, int height, int width) {
  constexpr int numRegions = 12;
  Mosaic mosaic{height, width, {}, {}};
  std::vector<Texture> textures;
  std::vector<float> rows, columns;
  for (int i = 0; i < numRegions; ++i) {
    textures.emplace_back(i % numTextures, random);
    rows.push_back(between(random, 0, static_cast<float>(height)));
    columns.push_back(between(random, 0, static_cast<float>(width)));
  }
  for (int row = 0; row < height; ++row)
    for (int column = 0; column < width; ++column) {
      auto distance = [&](int i) {
        return std::hypot(rows[i] - static_cast<float>(row),
                          columns[i] - static_cast<float>(column));
      };
      int nearest = 0;
      for (int i = 1; i < numRegions; ++i)
        if (distance(i) < distance(nearest))
          nearest = i;
      mosaic.pixels.push_back(textures[nearest].at(row, column));
      mosaic.labels.push_back(nearest % numTextures);
    }
  return mosaic;
}

void drawPatch(std::mt19937 &random, std::vector<float> &pixels, std::vector<int32_t> &labels) {
  int kind = static_cast<int>(random() % numTextures);
  Texture texture(kind, random);
  int top = static_cast<int>(random() % 1000), left = static_cast<int>(random() % 1000);
  for (int row = 0; row < patchSide; ++row)
    for (int column = 0; column < patchSide; ++column)
      pixels.push_back(texture.at(top + row, left + column));
  labels.push_back(kind);
}
