// The candidates of one kernel: what is known of them, and which to try next.
#pragma once

#include "compiler/tuner/Bench.h"
#include "compiler/tuner/Database.h"

#include <map>
#include <optional>
#include <vector>

namespace cnnc {

class Candidates {
public:
  explicit Candidates(const TuningProblem &problem);

  /// Takes over what has been measured so far: all of it, the fastest first, failures at the end.
  void update(std::vector<Measurement> measurements);
  /// Says that a schedule is being tried: it is not to be chosen again.
  void begin(const Schedule &schedule);

  /// The one to try next: the default before all others, then who is expected to be the fastest.
  std::optional<Schedule> next() const;

  /// The fastest of all that was measured, with which others are compared: also one that is not
  /// accurate enough to be chosen. None before the first.
  const Measurement *fastest() const;
  /// The fastest that may be chosen.
  const Measurement *best() const;
  /// What is known of a schedule; null: nothing.
  const Measurement *find(const Schedule &schedule) const;
  /// How many were begun or measured since the best one became faster.
  int fruitless() const { return sinceImprovement; }
  int tried() const;

private:
  struct Candidate {
    Schedule schedule;
    int family = 0;     ///< Those that differ in their tiles only; in the cost model's order.
    int place = 0;      ///< In its family, in the cost model's order.
    bool begun = false; ///< Or measured.
  };

  Candidate *candidate(const Schedule &schedule);
  std::map<int, double> familyTimes() const;

  std::vector<Candidate> candidates;
  std::vector<Measurement> known;
  int bestKnown = -1; ///< Index of best().
  int sinceImprovement = 0;
};

} // namespace cnnc
