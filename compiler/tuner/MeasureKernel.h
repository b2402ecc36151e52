// A kernel checked and timed in this process, as it runs in a network. A worker's job: a kernel
// that is wrong may end the process.
#pragma once

#include "compiler/support/Result.h"
#include "compiler/tuner/Expectation.h"

#include <optional>

namespace cnnc {

/// A schedule of the problem, compiled.
struct Contender {
  Schedule schedule;
  CompiledKernel compiled;
};

struct MeasureOptions {
  int threads = 1;
  /// Bytes that pass through the caches between two calls of a kernel in its network. Its weights
  /// are found as far away as these bytes push them.
  int64_t coldBytes = 32 << 20;
};

/// Seconds of a call.
struct Duel {
  double challenger = 0, rival = 0; ///< 0 without a rival.
};

/// Checks what the challenger computes, then times both in turn, in at least five rounds: the
/// figure is the time that a fifth of the calls stay below, and a challenger who is clearly slower
/// after a few rounds has lost.
///
/// Before each call the activations are written anew, as by the kernel before in a network, and
/// the weights are a copy that was not read for `coldBytes`.
Result<Duel> measureKernel(const TuningProblem &problem, const Expectation &expectation,
                           const Contender &challenger, const std::optional<Contender> &rival,
                           const MeasureOptions &options);

} // namespace cnnc
