// What a search has found, as a table.
#pragma once

#include "compiler/tuner/Search.h"

#include "llvm/Support/raw_ostream.h"

namespace cnnc {

struct TuningReport {
  const std::vector<TuningProblem> &problems;
  const std::vector<TunedKernel> &kernels;
  SearchProgress progress;
  int untunable = 0; ///< Kernels with one schedule only.
  bool interrupted = false;
};

/// A row for each kernel, of at most 120 columns (longer names are cut), and the sums.
void printReport(const TuningReport &report, llvm::raw_ostream &os);

} // namespace cnnc
