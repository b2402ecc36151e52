#include "examples/lines/Figures.h"

#include "examples/common/Image.h"
#include "examples/lines/Perturbation.h"

#include <algorithm>
#include <cmath>
#include <complex>

constexpr int kernelSize = 9, gap = 8;

/// Divides by the largest magnitude.
static std::vector<float> normalized(std::vector<float> values) {
  float largest = 0;
  for (float value : values)
    largest = std::max(largest, std::fabs(value));
  for (float &value : values)
    value /= largest > 0 ? largest : 1;
  return values;
}

std::vector<float> spectrum(const float *filter, int size) {
  constexpr double pi = 3.14159265358979;
  std::vector<float> magnitudes;
  for (int u = -spectrumSide / 2; u < spectrumSide / 2; ++u)
    for (int v = -spectrumSide / 2; v < spectrumSide / 2; ++v) {
      std::complex<double> sum = 0;
      for (int row = 0; row < size; ++row)
        for (int column = 0; column < size; ++column)
          sum += static_cast<double>(filter[row * size + column]) *
                 std::polar(1.0, -2 * pi * (u * row + v * column) / spectrumSide);
      magnitudes.push_back(static_cast<float>(std::abs(sum)));
    }
  return normalized(magnitudes);
}

void drawFilters(const Learner &learner, const std::string &path) {
  constexpr int scale = 28, spectrumScale = 4, numFilters = 2;
  constexpr int rows = std::max(kernelSize * scale, spectrumSide * spectrumScale) + gap;
  Image image(numFilters * rows + gap, kernelSize * scale + spectrumSide * spectrumScale + 3 * gap,
              1);
  for (int k = 0; k < numFilters; ++k) {
    const float *filter = learner.parameter("conv.filter") + k * kernelSize * kernelSize;
    std::vector<float> shown = normalized({filter, filter + kernelSize * kernelSize});
    drawNumbers(image, gap + k * rows, gap, kernelSize, kernelSize, shown.data(), scale,
                signedColour);
    drawNumbers(image, gap + k * rows, kernelSize * scale + 2 * gap, spectrumSide, spectrumSide,
                spectrum(filter, kernelSize).data(), spectrumScale, grey);
  }
  saveImage(path, image, "the filters, and their spectra");
}

void drawPictures(const std::vector<Drawing> &pictures, const std::string &path) {
  constexpr int scale = 4;
  int height = pictures[0].height, width = pictures[0].width;
  int columns = static_cast<int>(pictures.size()), pitch = width * scale + gap;
  Image image(height * scale + 2 * gap, columns * pitch + gap, 1);
  for (int i = 0; i < columns; ++i)
    drawNumbers(image, gap, gap + i * pitch, height, width, pictures[i].pixels.data(), scale, grey);
  saveImage(path, image, "pictures of every set");
}

void drawPerturbation(const Drawing &picture, const std::vector<float> &change,
                      const std::string &path) {
  constexpr int scale = 6;
  int height = picture.height, width = picture.width, pitch = width * scale + gap;
  Image image(height * scale + 2 * gap, 3 * pitch + gap, 1);
  drawNumbers(image, gap, gap, height, width, picture.pixels.data(), scale, grey);
  drawNumbers(image, gap, gap + pitch, height, width, normalized(change).data(), scale,
              signedColour);
  drawNumbers(image, gap, gap + 2 * pitch, height, width, perturbed(picture, change).pixels.data(),
              scale, grey);
  saveImage(path, image, "a picture, a change, and what is taken otherwise");
}
