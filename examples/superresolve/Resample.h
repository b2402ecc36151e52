// Pictures of half and of twice the size, without a network, and how near two pictures are.
#pragma once

#include "examples/common/Image.h"

/// The mean of each block of 2 x 2 pixels: what a camera with half as many pixels in each direction
/// would see. Sizes are even.
Image halve(const Image &image);

/// Twice the size by bicubic interpolation (Keys' cubic with a = -0.5): the best that can be had
/// by a fixed formula of the 4 x 4 pixels around. Numbers are between 0 and 1.
Image doubleBicubic(const Image &image);

/// Sets what lies below 0 or above 1 to these.
void clampToRange(Image &image);

/// The peak signal-to-noise ratio in decibels, over all numbers of pictures of one size: 10 log10
/// of 1 by the mean squared difference.
double psnr(const Image &image, const Image &truth);
