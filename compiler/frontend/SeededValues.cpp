// A counter-based generator: number i of a stream is a hash of the stream's key and i.
#include "compiler/frontend/SeededValues.h"

namespace cnnc {

/// Spreads every bit of `x` over the whole word: two rounds of xor-shift and multiplication.
static uint64_t scramble(uint64_t x) {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93u;
  x ^= x >> 29;
  x *= 0xa0761d6478bd642fu;
  x ^= x >> 32;
  return x;
}

static uint64_t streamKey(uint64_t seed, const std::string &name) {
  uint64_t key = scramble(seed + 0x9e3779b97f4a7c15u);
  for (unsigned char letter : name)
    key = scramble(key ^ letter) + 0x9e3779b97f4a7c15u;
  return key;
}

static int64_t sumOfParts(uint64_t word) {
  int64_t sum = 0;
  for (int part = 0; part < 4; ++part)
    sum += static_cast<int64_t>((word >> (16 * part)) & 0xffff);
  return sum;
}

std::vector<float> seededNormal(uint64_t seed, const std::string &name, int64_t count,
                                double deviation) {
  uint64_t key = streamKey(seed, name);
  // Twelve numbers below 2^16 have mean 6 (2^16 - 1) and, but for 2^-32 of it, deviation 2^16.
  constexpr int64_t mean = 6 * 0xffff;
  double scale = deviation / 65536;
  std::vector<float> values(count);
  for (int64_t i = 0; i < count; ++i) {
    int64_t sum = 0;
    for (uint64_t third = 0; third < 3; ++third)
      sum +=
          sumOfParts(scramble(key + (3 * static_cast<uint64_t>(i) + third) * 0x9e3779b97f4a7c15u));
    values[i] = static_cast<float>(static_cast<double>(sum - mean) * scale);
  }
  return values;
}

} // namespace cnnc
