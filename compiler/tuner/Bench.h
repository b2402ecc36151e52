// Where the search has schedules compiled and timed. The search decides what, a bench how: the one
// that does it for real is ProcessBench, tests have benches that know the answers.
#pragma once

#include "compiler/kernels/Kernel.h"

#include <optional>
#include <string>
#include <vector>

namespace cnnc {

/// A kernel to tune.
struct TuningProblem {
  KernelSpec spec;                  ///< As it will be compiled, without a schedule.
  std::vector<int64_t> sizes;       ///< The values of its run-time sizes to measure it at.
  std::string title;                ///< For people.
  int calls = 1;                    ///< In the network.
  std::vector<Schedule> candidates; ///< What may be chosen, the default first: never empty.
};

/// What a bench has finished.
struct BenchEvent {
  enum Kind { Compiled, Measured };
  Kind kind = Compiled;
  size_t problem = 0; ///< Its index.
  Schedule schedule;
  std::string failure; ///< Why it did not work; empty: it did.
  /// Of Measured: of a call with the schedule, and with its rival in the same rounds.
  double seconds = 0, rivalSeconds = 0;
};

class Bench {
public:
  virtual ~Bench() = default;

  /// Whether there is room to begin with another.
  virtual bool canCompile() const = 0;
  virtual bool canMeasure() const = 0;

  virtual void compile(size_t problem, const Schedule &schedule) = 0;
  /// Checks the schedule's results, then times it in turn with `rival`, where there is one. Both
  /// must have been compiled.
  virtual void measure(size_t problem, const Schedule &schedule,
                       const std::optional<Schedule> &rival) = 0;

  /// The next that is finished; none after `seconds`, or when a signal came.
  virtual std::optional<BenchEvent> wait(double seconds) = 0;

  /// Seconds since some time before the search.
  virtual double now() const = 0;
};

} // namespace cnnc
