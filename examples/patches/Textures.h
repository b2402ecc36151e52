// Textures, and pictures that are mosaics of them.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

/// The side of the patches that the network looks at.
constexpr int patchSide = 15;

/// Stripes, checks, dots, noise: the classes.
constexpr int numTextures = 4;

/// A texture with its own direction, period, brightness and contrast: a grey for each pixel of the
/// plane.
class Texture {
public:
  /// One of the class `kind`, in [0, numTextures).
  Texture(int kind, std::mt19937 &random);

  /// About 0 to 1.
  float at(int row, int column) const;

private:
  int kind;
  float cosine, sine, period, phase, brightness, contrast;
  uint32_t seed;
};

/// A grey picture and the texture of each of its pixels, row by row.
struct Mosaic {
  int height, width;
  std::vector<float> pixels;
  std::vector<int32_t> labels;
};

/// Some regions with straight borders, each of one texture.
Mosaic drawMosaic(std::mt19937 &random, int height, int width);

/// Appends a patch of one texture to `pixels`, and its class to `labels`.
void drawPatch(std::mt19937 &random, std::vector<float> &pixels, std::vector<int32_t> &labels);
