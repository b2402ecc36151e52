// The inputs that a kernel is tried on, and what it must make of them.
#pragma once

#include "compiler/check/HostTensor.h"
#include "compiler/support/Result.h"
#include "compiler/tuner/Bench.h"

#include <optional>
#include <string>

namespace cnnc {

/// Input `input` of the kernel in logical order: random, the same every time.
HostTensor makeInput(const TuningProblem &problem, size_t input);
/// Memory for the kernel's result: zeros.
HostTensor makeResult(const TuningProblem &problem);

/// What the reference makes of the inputs, and what errors are measured by: see check/Compare.h.
struct Expectation {
  HostTensor result; ///< As the kernel is to leave it in memory.
  double scale = 0, length = 1;

  /// Compares what the kernel left with this schedule.
  Status check(const TuningProblem &problem, const Schedule &schedule,
               const HostTensor &actual) const;

  std::string toBytes() const;
  static std::optional<Expectation> fromBytes(const TuningProblem &problem,
                                              const std::string &bytes);
};
Expectation evaluateReference(const TuningProblem &problem);

} // namespace cnnc
