// Pictures of shapes before a textured background, and what each of their pixels belongs to.
#pragma once

#include "examples/common/Image.h"

#include <random>

/// The classes of pixels. The numbers are those that the network shall find.
enum PixelClass : int64_t { Background = 0, Disc = 1, Square = 2, Triangle = 3 };
constexpr int numClasses = 4;

/// A picture and its truth.
struct LabelledImage {
  Image image;
  std::vector<int64_t> labels; ///< Of each pixel, row by row: a PixelClass.
};

/// One or two shapes of any kind, colour, size, turn and place, which may overlap and be cut by the
/// border. Background and shapes have stripes of random directions, and everything has noise, so
/// that no colour and no brightness tells what a pixel belongs to.
LabelledImage drawShapes(std::mt19937 &random, int side);
