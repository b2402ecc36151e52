#include "examples/lines/Drawing.h"

#include <algorithm>

constexpr int mostLines = 4;

/// A number in [least, most]. The standard's own distribution differs from library to library, and
/// a seed should give the same pictures everywhere.
static int pick(std::mt19937 &random, int least, int most) {
  return least + static_cast<int>(random() % static_cast<uint32_t>(most - least + 1));
}

static void fillRectangle(Drawing &drawing, int top, int left, int height, int width) {
  for (int row = top; row < top + height; ++row)
    std::fill_n(drawing.pixels.begin() + row * drawing.width + left, width, 1.0f);
}

static void drawLine(std::mt19937 &random, Drawing &drawing, const LineStyle &style) {
  bool vertical = drawing.orientation == Vertical;
  int lengthOfPicture = vertical ? drawing.height : drawing.width;
  int widthOfPicture = vertical ? drawing.width : drawing.height;
  int length = pick(random, style.leastLength, lengthOfPicture);
  int width = pick(random, style.leastWidth, style.largestWidth);
  int along = pick(random, 0, lengthOfPicture - length);
  int across = pick(random, 0, widthOfPicture - width);
  if (vertical)
    fillRectangle(drawing, along, across, length, width);
  else
    fillRectangle(drawing, across, along, width, length);
}

Drawing drawLines(std::mt19937 &random, int height, int width, const LineStyle &style) {
  Drawing drawing{height, width, static_cast<Orientation>(random() % 2), {}};
  drawing.pixels.assign(static_cast<size_t>(height) * static_cast<size_t>(width), 0.0f);
  for (int line = pick(random, 1, mostLines); line > 0; --line)
    drawLine(random, drawing, style);
  return drawing;
}
