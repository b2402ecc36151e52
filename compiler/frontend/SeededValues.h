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
/// They come from the runtime (cnnrt_initialize.c), so that training in a compiled library begins
/// with the same numbers as a network that is compiled without weights has.
std::vector<float> seededNormal(uint64_t seed, const std::string &name, int64_t count,
                                double deviation);

} // namespace cnnc
