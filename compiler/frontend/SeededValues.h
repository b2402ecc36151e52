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

/// `count` numbers evenly distributed in [-bound, bound]: of 65536 each, and one multiplication.
std::vector<float> seededUniform(uint64_t seed, const std::string &name, int64_t count,
                                 double bound);

/// A matrix of `rows` times `columns`, row-major: rows of length `gain` at right angles to each
/// other, or columns where there are fewer of these. The directions are those of normal numbers, so
/// no one is preferred.
std::vector<float> seededOrthogonal(uint64_t seed, const std::string &name, int64_t rows,
                                    int64_t columns, double gain);

} // namespace cnnc
