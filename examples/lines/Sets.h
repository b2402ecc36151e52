// Pictures that the network has not been trained for.
#pragma once

#include "examples/lines/Drawing.h"

/// Pictures of one kind.
struct PictureSet {
  const char *name;
  Drawing (*draw)(std::mt19937 &random, int height, int width);
};

/// Gratings, oriented texture, wide lines, dashes.
extern const PictureSet outOfDomain[4];

/// The picture times cos(pi n / 3), n counting pixels along its lines. This takes what a line has
/// at frequency 0 to the frequency 1/6, where lines of the other orientation have something.
Drawing modulate(Drawing drawing);
