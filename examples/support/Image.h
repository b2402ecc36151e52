// Pictures in memory and as files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// A picture of height x width pixels, row by row; a pixel is red, green and blue, each from 0
/// (dark) to 1, though calculated ones may lie outside.
struct Image {
  int height = 0, width = 0;
  std::vector<float> pixels;

  Image() = default;
  Image(int height, int width)
      : height(height), width(width), pixels(static_cast<size_t>(height) * width * 3) {}

  /// The three numbers of a pixel.
  float *at(int row, int column) {
    return &pixels[(static_cast<size_t>(row) * width + column) * 3];
  }
  const float *at(int row, int column) const {
    return &pixels[(static_cast<size_t>(row) * width + column) * 3];
  }
};

/// Reads a PNG or JPEG; where that fails, prints why and ends the program.
Image loadImage(const std::string &path);

/// Writes a PNG, numbers rounded to bytes; where that fails, prints why and ends the program.
void saveImage(const std::string &path, const Image &image);

/// The part of height x width pixels that begins at (top, left); it lies within the image.
Image crop(const Image &image, int top, int left, int height, int width);

/// Pictures in rows of a table, each enlarged by repeating pixels `zoom` times, with a gap between
/// them. All are of one size.
Image table(const std::vector<std::vector<Image>> &rows, int zoom = 1);
