#include "compiler/tool/train/Shuffle.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace cnnc {

/// A number below `bound`, each as likely; unlike std::uniform_int_distribution it is the same with
/// every standard library.
static uint64_t below(uint64_t bound, std::mt19937_64 &random) {
  const uint64_t most = std::numeric_limits<uint64_t>::max(), surplus = most % bound;
  uint64_t number = random();
  while (number >= most - surplus)
    number = random();
  return number % bound;
}

std::vector<int64_t> shuffle(std::vector<int64_t> samples, uint64_t seed, uint64_t round) {
  std::seed_seq start{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32),
                      static_cast<uint32_t>(round), static_cast<uint32_t>(round >> 32)};
  std::mt19937_64 random(start);
  for (size_t i = samples.size(); i > 1; --i)
    std::swap(samples[i - 1], samples[below(i, random)]);
  return samples;
}

Split splitSamples(int64_t count, double share, uint64_t seed) {
  std::vector<int64_t> all(static_cast<size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  int64_t forValidation = std::llround(share * static_cast<double>(count));
  if (share > 0 && count > 1)
    forValidation = std::clamp<int64_t>(forValidation, 1, count - 1);
  // A round that no epoch has.
  std::vector<int64_t> order = shuffle(all, seed, std::numeric_limits<uint64_t>::max());
  auto middle = order.begin() + std::min(forValidation, count);
  std::sort(order.begin(), middle);
  std::sort(middle, order.end());
  return {{middle, order.end()}, {order.begin(), middle}};
}

} // namespace cnnc
