// How far a search has come, while it runs.
#pragma once

#include "compiler/tuner/Search.h"

#include <CLI/CLI.hpp>

#include <string>

namespace cnnc {

/// A CLI11 transform from "90s", "2m", "1h" or "45" to seconds; above 0 and at most a week.
CLI::Validator isDuration();

/// "45 s" or "1:05 min".
std::string formatDuration(double seconds);

/// A line that is drawn anew on a terminal, lines every ten seconds elsewhere; on stderr.
class ProgressDisplay {
public:
  explicit ProgressDisplay(double budget);

  void show(const SearchProgress &progress);
  /// Takes the line away; returns what was shown last.
  SearchProgress finish();

private:
  double budget, shownAt = -1e9;
  bool isTerminal;
  SearchProgress last;
};

} // namespace cnnc
