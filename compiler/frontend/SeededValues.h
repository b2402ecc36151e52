// Random numbers for parameters without weights: the same on every machine, whatever the order in
// which layers are made.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cnnc {

/// `count` numbers of mean 0 and the given standard deviation, close to normally distributed. They
/// depend on the seed, the name and their index alone.
///
/// Each is a sum of twelve uniform 16-bit numbers: whole-number arithmetic and one multiplication,
/// so no machine's logarithm or fused multiply-add changes a bit.
std::vector<float> seededNormal(uint64_t seed, const std::string &name, int64_t count,
                                double deviation);

} // namespace cnnc
