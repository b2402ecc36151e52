// Philox4x32-10, a generator of random numbers without a state: four words for each counter and
// key. From: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel Random Numbers: As Easy
// as 1, 2, 3", SC 2011.
//
// In each of ten rounds two words of the counter are multiplied by constants; the upper halves of
// the products meet the other two words and the key, and the words change places. Between rounds
// the key is increased by constants.
#pragma once

#include <array>
#include <cstdint>

namespace cnnc::reference {

using PhiloxCounter = std::array<uint32_t, 4>;
using PhiloxKey = std::array<uint32_t, 2>;

/// The four random words of a counter and a key.
inline PhiloxCounter philox4x32(PhiloxCounter x, PhiloxKey key) {
  for (int round = 0; round < 10; ++round) {
    uint64_t a = uint64_t(0xD2511F53) * x[0], b = uint64_t(0xCD9E8D57) * x[2];
    x = {static_cast<uint32_t>(b >> 32) ^ x[1] ^ key[0], static_cast<uint32_t>(b),
         static_cast<uint32_t>(a >> 32) ^ x[3] ^ key[1], static_cast<uint32_t>(a)};
    key[0] += 0x9E3779B9; // The golden ratio's fraction,
    key[1] += 0xBB67AE85; // and that of the square root of 3.
  }
  return x;
}

} // namespace cnnc::reference
