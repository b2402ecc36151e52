#include "examples/common/Image.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#include <stb/stb_image.h>
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#include <stb/stb_image_write.h>
#pragma GCC diagnostic pop

Colour grey(float value) { return {value, value, value}; }

Colour signedColour(float value) { return {1 + value, 1 - std::fabs(value), 1 - value}; }

Image loadImage(const std::string &path) {
  int width = 0, height = 0, channels = 0;
  std::unique_ptr<stbi_uc, void (*)(void *)> bytes(
      stbi_load(path.c_str(), &width, &height, &channels, 3), stbi_image_free);
  if (!bytes) {
    std::fprintf(stderr, "error: can not read the picture %s\n", path.c_str());
    std::exit(1);
  }
  Image image(height, width);
  std::transform(bytes.get(), bytes.get() + image.pixels.size(), image.pixels.begin(),
                 [](stbi_uc byte) { return static_cast<float>(byte) / 255; });
  return image;
}

void saveImage(const std::string &path, const Image &image, const char *what) {
  std::vector<uint8_t> bytes;
  for (float value : image.pixels)
    bytes.push_back(static_cast<uint8_t>(std::min(std::max(value, 0.0f), 1.0f) * 255 + 0.5f));
  if (!stbi_write_png(path.c_str(), image.width, image.height, 3, bytes.data(), image.width * 3)) {
    std::fprintf(stderr, "error: can not write %s\n", path.c_str());
    std::exit(1);
  }
  std::printf("written: %s: %s\n", path.c_str(), what);
}

Image crop(const Image &image, int top, int left, int height, int width) {
  Image part(height, width);
  for (int row = 0; row < height; ++row)
    std::copy_n(image.at(top + row, left), width * 3, part.at(row, 0));
  return part;
}

void fillSquare(Image &image, int top, int left, int scale, const Colour &colour) {
  for (int row = std::max(top, 0); row < std::min(top + scale, image.height); ++row)
    for (int column = std::max(left, 0); column < std::min(left + scale, image.width); ++column)
      std::copy(colour.begin(), colour.end(), image.at(row, column));
}

void drawNumbers(Image &image, int top, int left, int rows, int columns, const float *numbers,
                 int scale, Colour (*colour)(float)) {
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column)
      fillSquare(image, top + row * scale, left + column * scale, scale,
                 colour(numbers[row * columns + column]));
}

Image table(const std::vector<std::vector<Image>> &rows, int zoom) {
  constexpr int gap = 4;
  int height = rows[0][0].height * zoom, width = rows[0][0].width * zoom;
  int columns = static_cast<int>(rows[0].size());
  Image result(static_cast<int>(rows.size()) * (height + gap) - gap, columns * (width + gap) - gap,
               1);
  int top = 0;
  for (const std::vector<Image> &row : rows) {
    int left = 0;
    for (const Image &image : row) {
      for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
          std::copy_n(image.at(y / zoom, x / zoom), 3, result.at(top + y, left + x));
      left += width + gap;
    }
    top += height + gap;
  }
  return result;
}
