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

Digits part(const Digits &digits, size_t first, size_t count) {
  Digits some;
  const uint8_t *image = digits.images.data() + first * numPixels;
  some.images.assign(image, image + count * numPixels);
  some.labels.assign(digits.labels.data() + first, digits.labels.data() + first + count);
  return some;
}

Batches::Batches(const Digits &digits, size_t size, uint32_t seed)
    : digits(digits), size(size), random(seed), order(digits.size()) {
  std::iota(order.begin(), order.end(), 0);
  shuffle();
}

// Not std::shuffle, which draws otherwise in every library.
void Batches::shuffle() {
  for (size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[random() % i]);
  position = 0;
}

/// Writes a picture to `moved`, `down` pixels further down and `right` further right.
static void copyMoved(const uint8_t *image, int down, int right, uint8_t *moved) {
  for (int row = 0; row < side; ++row)
    for (int column = 0; column < side; ++column) {
      int y = row - down, x = column - right;
      bool inside = y >= 0 && y < side && x >= 0 && x < side;
      moved[row * side + column] = inside ? image[y * side + x] : 0;
    }
}

Digits Batches::next() {
  if (position + size > order.size())
    shuffle();
  Digits batch;
  batch.images.resize(size * numPixels);
  for (size_t i = 0; i < size; ++i) {
    uint32_t index = order[position++];
    int down = static_cast<int>(random() % 5) - 2, right = static_cast<int>(random() % 5) - 2;
    copyMoved(digits.images.data() + index * numPixels, down, right,
              batch.images.data() + i * numPixels);
    batch.labels.push_back(digits.labels[index]);
  }
  return batch;
}

int likeliest(const float *probabilities) {
  return static_cast<int>(std::max_element(probabilities, probabilities + numClasses) -
                          probabilities);
}
