#include "examples/superresolve/Resample.h"

#include <algorithm>
#include <cmath>

Image halve(const Image &image) {
  Image half(image.height / 2, image.width / 2);
  for (int row = 0; row < half.height; ++row)
    for (int column = 0; column < half.width; ++column)
      for (int k = 0; k < 3; ++k) {
        float sum = 0;
        for (int i = 0; i < 4; ++i)
          sum += image.at(2 * row + i / 2, 2 * column + i % 2)[k];
        half.at(row, column)[k] = sum / 4;
      }
  return half;
}

/// A line of `size` numbers, `stride` apart, to twice as many. A new number lies a quarter of a
/// pixel before or behind the middle of an old one; beyond the ends is what is there.
static void doubleLine(const float *line, int size, size_t stride, float *result,
                       size_t resultStride) {
  // Keys' cubic at the distances 1.75, 0.75, 0.25, 1.25 of the four pixels around.
  static const float weights[4] = {-0.0234375f, 0.2265625f, 0.8671875f, -0.0703125f};
  auto at = [&](int i) { return line[static_cast<size_t>(std::clamp(i, 0, size - 1)) * stride]; };
  for (int i = 0; i < size; ++i) {
    float before = 0, behind = 0;
    for (int k = 0; k < 4; ++k) {
      before += weights[k] * at(i - 2 + k);
      behind += weights[k] * at(i + 2 - k);
    }
    result[static_cast<size_t>(2 * i) * resultStride] = before;
    result[static_cast<size_t>(2 * i + 1) * resultStride] = behind;
  }
}

Image doubleBicubic(const Image &image) {
  Image wide(image.height, 2 * image.width), result(2 * image.height, 2 * image.width);
  for (int row = 0; row < image.height; ++row)
    for (int k = 0; k < 3; ++k)
      doubleLine(image.at(row, 0) + k, image.width, 3, wide.at(row, 0) + k, 3);
  size_t rowStride = static_cast<size_t>(wide.width) * 3;
  for (int column = 0; column < wide.width; ++column)
    for (int k = 0; k < 3; ++k)
      doubleLine(wide.at(0, column) + k, wide.height, rowStride, result.at(0, column) + k,
                 rowStride);
  clampToRange(result);
  return result;
}

void clampToRange(Image &image) {
  for (float &value : image.pixels)
    value = std::clamp(value, 0.0f, 1.0f);
}

double psnr(const Image &image, const Image &truth) {
  double sum = 0;
  for (size_t i = 0; i < truth.pixels.size(); ++i) {
    double difference = static_cast<double>(image.pixels[i]) - truth.pixels[i];
    sum += difference * difference;
  }
  return -10 * std::log10(sum / static_cast<double>(truth.pixels.size()));
}
