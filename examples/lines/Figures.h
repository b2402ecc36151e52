// The pictures that the example writes.
#pragma once

#include "examples/lines/Learner.h"

/// The magnitude of the Fourier transform of a size x size filter at spectrumSide x spectrumSide
/// frequencies, 0 in the middle, the largest value being 1.
constexpr int spectrumSide = 64;
std::vector<float> spectrum(const float *filter, int size);

/// The two filters (red above 0, blue below), and beside each its spectrum.
void drawFilters(const Learner &learner, const std::string &path);

/// Pictures side by side.
void drawPictures(const std::vector<Drawing> &pictures, const std::string &path);

/// The picture, the change (red above 0, blue below, as strong as colours are), and both together.
void drawPerturbation(const Drawing &picture, const std::vector<float> &change,
                      const std::string &path);
