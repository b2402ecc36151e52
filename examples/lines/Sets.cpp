#include "examples/lines/Sets.h"

#include <algorithm>
#include <cmath>

constexpr float pi = 3.14159265f;

/// Evenly distributed in [0, 1).
static float fraction(std::mt19937 &random) {
  return static_cast<float>(random() >> 8) / static_cast<float>(1 << 24);
}

static Drawing blank(std::mt19937 &random, int height, int width) {
  Drawing drawing{height, width, static_cast<Orientation>(random() % 2), {}};
  drawing.pixels.assign(static_cast<size_t>(height) * static_cast<size_t>(width), 0.0f);
  return drawing;
}

/// Sets each pixel to value(place along the lines, place across them).
template <typename Function> static void fill(Drawing &drawing, Function value) {
  for (int row = 0; row < drawing.height; ++row)
    for (int column = 0; column < drawing.width; ++column)
      drawing.pixels[row * drawing.width + column] =
          drawing.orientation == Vertical ? value(row, column) : value(column, row);
}

/// A sine wave with a period of 4 to 12 pixels.
static Drawing drawGrating(std::mt19937 &random, int height, int width) {
  Drawing drawing = blank(random, height, width);
  float period = 4 + 8 * fraction(random), phase = 2 * pi * fraction(random);
  fill(drawing, [&](int, int across) {
    return 0.5f + 0.5f * std::sin(2 * pi * static_cast<float>(across) / period + phase);
  });
  return drawing;
}

/// Noise that is the mean over `length` pixels along the orientation, around a grey of 0.5 with a
/// standard deviation of 0.25.
static Drawing drawTexture(std::mt19937 &random, int height, int width) {
  constexpr int length = 12;
  const float gain = 0.25f * std::sqrt(12.0f * length); // The noise's variance is 1 / 12.
  Drawing drawing = blank(random, height, width);
  int side = std::max(height, width) + length;
  std::vector<float> noise(static_cast<size_t>(side) * static_cast<size_t>(side));
  for (float &value : noise)
    value = fraction(random);
  fill(drawing, [&](int along, int across) {
    const float *begin = noise.data() + across * side + along;
    float sum = 0;
    for (int i = 0; i < length; ++i)
      sum += begin[i];
    return std::clamp(0.5f + gain * (sum / length - 0.5f), 0.0f, 1.0f);
  });
  return drawing;
}

/// Lines of 4 to 6 pixels; those of the training have 1 to 3.
static Drawing drawWideLines(std::mt19937 &random, int height, int width) {
  return drawLines(random, height, width, {4, 6, 20});
}

/// Lines that are interrupted: 6 pixels, then 3 missing.
static Drawing drawDashes(std::mt19937 &random, int height, int width) {
  Drawing drawing = drawLines(random, height, width);
  int phase = static_cast<int>(random() % 9);
  for (int row = 0; row < height; ++row)
    for (int column = 0; column < width; ++column)
      if (((drawing.orientation == Vertical ? row : column) + phase) % 9 >= 6)
        drawing.pixels[row * width + column] = 0;
  return drawing;
}

const PictureSet outOfDomain[4] = {{"gratings", drawGrating},
                                   {"oriented texture", drawTexture},
                                   {"wide lines", drawWideLines},
                                   {"dashes", drawDashes}};

Drawing modulate(Drawing drawing) {
  Drawing original = drawing;
  fill(drawing, [&](int along, int across) {
    int row = drawing.orientation == Vertical ? along : across;
    int column = drawing.orientation == Vertical ? across : along;
    return original.pixels[row * drawing.width + column] *
           std::cos(pi * static_cast<float>(along) / 3);
  });
  return drawing;
}
