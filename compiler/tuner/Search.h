// Which schedules of which kernels to try, and in what order, until the time is up.
//
//   1. The default of each kernel is timed, so it is known where the time of the network goes.
//   2. Again and again: the kernel that promises the most is given another candidate. A kernel
//      promises its time in the network, less for every candidate that brought nothing.
//   3. A candidate is timed in turn with the fastest of its kernel so far, and filed.
//
// What was tried before, now or in an earlier run or by another tuner at work, is not tried again.
#pragma once

#include "compiler/tuner/Bench.h"
#include "compiler/tuner/Database.h"

#include <functional>
#include <vector>

namespace cnnc {

/// Sums over the kernels: seconds in the network.
struct SearchProgress {
  size_t measured = 0, kernels = 0; ///< Kernels with a time, of all.
  int tried = 0, failed = 0;        ///< Candidates in this run, defaults included.
  double before = 0, after = 0;     ///< Of the kernels that have a time.
  double elapsed = 0;
};

struct SearchOptions {
  double budget = 120;                                  ///< Seconds.
  std::function<void(const SearchProgress &)> progress; ///< Told after each candidate.
  std::function<bool()> stop;                           ///< Asked often; true: end now.
};

/// What is known of a kernel after the search.
struct TunedKernel {
  Measurement before; ///< The default; with a failure where it has no time.
  Measurement after;  ///< The fastest, its seconds on the scale of the default's.
  int tried = 0;      ///< Candidates that were tried, ever.
};

/// Fills the database; `subjects` says where each problem's measurements go. An error only if the
/// database fails.
Result<std::vector<TunedKernel>> searchSchedules(const std::vector<TuningProblem> &problems,
                                                 const std::vector<TuningSubject> &subjects,
                                                 TuningDatabase &database, Bench &bench,
                                                 const SearchOptions &options);

/// What the sums are of kernels that were tuned to this point.
SearchProgress sumUp(const std::vector<TuningProblem> &problems,
                     const std::vector<TunedKernel> &kernels);

} // namespace cnnc
