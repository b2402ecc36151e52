#include "examples/common/Canvas.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#include <stb/stb_image_write.h>
#pragma GCC diagnostic pop

static uint8_t toByte(float value) {
  return static_cast<uint8_t>(std::lround(255 * std::clamp(value, 0.0f, 1.0f)));
}

Colour grey(float value) { return {toByte(value), toByte(value), toByte(value)}; }

Colour signedColour(float value) {
  return {toByte(1 + value), toByte(1 - std::fabs(value)), toByte(1 - value)};
}

Canvas::Canvas(int height, int width)
    : height(height), width(width),
      pixels(static_cast<size_t>(height) * static_cast<size_t>(width) * 3, 255) {}

void Canvas::square(int top, int left, int scale, Colour colour) {
  for (int row = std::max(top, 0); row < std::min(top + scale, height); ++row)
    for (int column = std::max(left, 0); column < std::min(left + scale, width); ++column) {
      uint8_t *pixel = pixels.data() + (row * width + column) * 3;
      pixel[0] = colour.red;
      pixel[1] = colour.green;
      pixel[2] = colour.blue;
    }
}

void Canvas::draw(int top, int left, int rows, int columns, const float *numbers, int scale,
                  Colour (*colour)(float)) {
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column)
      square(top + row * scale, left + column * scale, scale,
             colour(numbers[row * columns + column]));
}

void Canvas::write(const std::string &path) const {
  if (stbi_write_png(path.c_str(), width, height, 3, pixels.data(), width * 3))
    std::printf("written: %s\n", path.c_str());
  else
    std::fprintf(stderr, "error: %s can not be written\n", path.c_str());
}
