// Pictures of lines, drawn at random.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

/// Which way the lines of a picture run; the number is the class that the network shall find.
enum Orientation { Vertical = 0, Horizontal = 1 };

/// A grey picture of height x width pixels, row by row: 0 is the background, 1 a line.
struct Drawing {
  int height, width;
  Orientation orientation;
  std::vector<float> pixels;
};

/// One to four lines of one orientation: 1 to 3 pixels wide, at least 10 long and as long as the
/// picture at most, anywhere. `height` and `width` are at least 10.
Drawing drawLines(std::mt19937 &random, int height, int width);
