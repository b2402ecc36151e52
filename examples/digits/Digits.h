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

/// Random numbers from 0 up to, not including, `n`: the same on every machine.
inline uint32_t pick(std::mt19937 &random, uint32_t n) {
  return static_cast<uint32_t>(random() % n);
}

/// 0 ... n - 1 in random order.
std::vector<uint32_t> shuffled(std::mt19937 &random, size_t n);

/// Writes digit number `index` to `image`, moved by up to 2 pixels in any direction: a network that
/// has seen it moved knows more.
void copyMoved(const Digits &digits, size_t index, std::mt19937 &random, uint8_t *image);

/// The class of the largest of its numClasses probabilities.
int likeliest(const float *probabilities);
