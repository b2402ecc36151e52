// Pictures of lines, drawn at random.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

/// Which way the lines of a picture run; the number is the class that the network shall find.
enum Orientation { Vertical = 0, Horizontal = 1 };

/// A grey picture of height x width pixels, row by row; in those of drawLines 0 is the
/// background and 1 a line.
struct Drawing {
  int height, width;
  Orientation orientation;
  std::vector<float> pixels;
};

/// How lines may look, in pixels.
struct LineStyle {
  int leastWidth = 1, largestWidth = 3, leastLength = 10;
};

/// One to four lines of one orientation, as long as the picture at most, anywhere. `height` and
/// `width` are at least what `style` wants.
Drawing drawLines(std::mt19937 &random, int height, int width, const LineStyle &style = {});
