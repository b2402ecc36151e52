// Random numbers that are the same on every machine, unlike those of the standard library's
// distributions.
#pragma once

#include <random>

/// Evenly distributed in [low, high).
inline float between(std::mt19937 &random, float low, float high) {
  return low + (high - low) * static_cast<float>(random() >> 8) / static_cast<float>(1 << 24);
}
