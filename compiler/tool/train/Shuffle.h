// In which order samples are seen: by the seed alone, whatever the machine and its threads.
#pragma once

#include <cstdint>
#include <vector>

namespace cnnc {

/// `samples` in another order; each `round` of a seed has its own.
std::vector<int64_t> shuffle(std::vector<int64_t> samples, uint64_t seed, uint64_t round);

/// The samples of a set, some for training and the others for validation; both in order.
struct Split {
  std::vector<int64_t> training, validation;
};

/// A random `share` of `count` samples is for validation: rounded, but at least one for each, if
/// there are two and the share is not 0.
Split splitSamples(int64_t count, double share, uint64_t seed);

} // namespace cnnc
