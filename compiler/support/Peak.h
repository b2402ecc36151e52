// What one core of this machine can do at most.
#pragma once

namespace cnnc {

/// Fused multiply-adds of floats on one core, in operations (2 per element) per second: the best of
/// some milliseconds of independent FMAs in registers, with the vectors of `vectorBytes`.
double measureFmaPeak(int vectorBytes);

/// The clock of one core, in cycles per second, from a chain of dependent additions.
double measureClock();

} // namespace cnnc
