#include "examples/digits/Digits.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <numeric>

static std::vector<uint8_t> readFile(const std::string &path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

bool loadDigits(const std::string &folder, Digits &training, Digits &heldOut) {
  std::vector<uint8_t> images = readFile(folder + "/images.bin");
  std::vector<uint8_t> labels = readFile(folder + "/labels.bin");
  if (labels.empty() || images.size() != labels.size() * numPixels)
    return false;
  for (size_t i = 0; i < labels.size(); ++i) {
    Digits &part = i % 5 == 4 ? heldOut : training;
    const uint8_t *image = images.data() + i * numPixels;
    part.images.insert(part.images.end(), image, image + numPixels);
    part.labels.push_back(labels[i]);
  }
  return true;
}

std::vector<uint32_t> shuffled(std::mt19937 &random, size_t n) {
  std::vector<uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  // Not std::shuffle, which draws otherwise in every library.
  for (size_t i = n; i > 1; --i)
    std::swap(order[i - 1], order[pick(random, static_cast<uint32_t>(i))]);
  return order;
}

void copyMoved(const Digits &digits, size_t index, std::mt19937 &random, uint8_t *image) {
  const uint8_t *original = digits.images.data() + index * numPixels;
  int down = static_cast<int>(pick(random, 5)) - 2, right = static_cast<int>(pick(random, 5)) - 2;
  for (int row = 0; row < side; ++row)
    for (int column = 0; column < side; ++column) {
      int y = row - down, x = column - right;
      bool inside = y >= 0 && y < side && x >= 0 && x < side;
      image[row * side + column] = inside ? original[y * side + x] : 0;
    }
}

int likeliest(const float *probabilities) {
  return static_cast<int>(std::max_element(probabilities, probabilities + numClasses) -
                          probabilities);
}
