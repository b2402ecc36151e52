// Pictures in memory and as files.
#pragma once

#include <array>
#include <string>
#include <vector>

/// Red, green and blue, each from 0 (dark) to 1.
using Colour = std::array<float, 3>;

/// From black at 0 to white at 1.
Colour grey(float value);

/// From blue at -1 over white at 0 to red at 1.
Colour signedColour(float value);

/// A picture of height x width pixels, row by row; a pixel is a Colour, though calculated
/// ones may lie outside of 0 to 1.
struct Image {
  int height = 0, width = 0;
  std::vector<float> pixels;

  Image() = default;
  Image(int height, int width, float brightness = 0)
      : height(height), width(width), pixels(static_cast<size_t>(height) * width * 3, brightness) {}

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

/// Writes a PNG, numbers rounded to bytes, and prints that the picture shows `what`; where it can
/// not be written, prints so and ends the program.
void saveImage(const std::string &path, const Image &image, const char *what);

/// The part of height x width pixels that begins at (top, left); it lies within the image.
Image crop(const Image &image, int top, int left, int height, int width);

/// Fills the square of `scale` x `scale` pixels with its upper left corner at (top, left), as far
/// as it lies within the image.
void fillSquare(Image &image, int top, int left, int scale, const Colour &colour);

/// Draws rows x columns numbers, row by row, from (top, left) on: each a square of `scale` pixels
/// in colour(number).
void drawNumbers(Image &image, int top, int left, int rows, int columns, const float *numbers,
                 int scale, Colour (*colour)(float));

/// Pictures in rows of a table, each enlarged by repeating pixels `zoom` times, with a gap between
/// them. All are of one size.
Image table(const std::vector<std::vector<Image>> &rows, int zoom = 1);
