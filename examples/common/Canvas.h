// A colour picture to draw on, and to write as a PNG.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// Red, green, blue.
struct Colour {
  uint8_t red, green, blue;
};

/// From black at 0 to white at 1.
Colour grey(float value);

/// From blue at -1 over white at 0 to red at 1.
Colour signedColour(float value);

/// height x width pixels, white in the beginning. What is drawn outside is not there.
class Canvas {
public:
  Canvas(int height, int width);

  /// The square of `scale` x `scale` pixels with its upper left corner at (top, left).
  void square(int top, int left, int scale, Colour colour);

  /// height x width numbers, row by row, each a square of `scale` pixels in colour(number).
  void draw(int top, int left, int height, int width, const float *numbers, int scale,
            Colour (*colour)(float));

  /// Writes the PNG and says so; a message if that fails.
  void write(const std::string &path) const;

private:
  int height, width;
  std::vector<uint8_t> pixels; ///< 3 bytes each.
};
