// Handwritten digits, and which of them are for training.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

constexpr int side = 28, numPixels = side * side, numClasses = 10;

/// Pictures of side x side bytes, row by row, one after the other, and the digit on each.
struct Digits {
  std::vector<uint8_t> images;
  std::vector<int32_t> labels;

  size_t size() const { return labels.size(); }
};

/// Reads `folder`/images.bin and labels.bin, as prepare.py writes them: every fifth digit is
/// appended to `heldOut`, the others to `training`. False if they can not be read.
bool loadDigits(const std::string &folder, Digits &training, Digits &heldOut);

/// `count` digits from number `first` on.
Digits part(const Digits &digits, size_t first, size_t count);

/// Draws batches for training, the same on every machine: all digits in random order, again and
/// again, each moved by up to 2 pixels in any direction. A network that has seen them moved knows
/// more.
class Batches {
public:
  /// `digits` must live as long as this, and be as many as `size` at least.
  Batches(const Digits &digits, size_t size, uint32_t seed);

  Digits next();

private:
  void shuffle();

  const Digits &digits;
  size_t size, position = 0;
  std::mt19937 random;
  std::vector<uint32_t> order;
};

/// The class of the largest of its numClasses probabilities.
int likeliest(const float *probabilities);
