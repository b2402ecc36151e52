#include "compiler/tuner/Candidates.h"

#include "compiler/tuner/KernelKey.h"

#include <algorithm>
#include <limits>

namespace cnnc {

// Below this a candidate that is faster is as likely to be luck.
static constexpr double leastImprovement = 0.01;

/// Schedules of a family do the same and differ in their tiles: an algorithm, and with Winograd's
/// the transform.
static std::string familyOf(const Schedule &schedule) {
  std::string family = schedule.algorithm;
  for (const char *name : {"output_rows", "output_columns"})
    if (auto outputs = schedule.parameters.find(name); outputs != schedule.parameters.end())
      family += " " + std::to_string(outputs->second);
  return family;
}

Candidates::Candidates(const TuningProblem &problem) {
  std::map<std::string, int> members; // Of each family so far.
  std::map<std::string, int> families;
  for (const Schedule &schedule : problem.candidates) {
    std::string family = familyOf(schedule);
    int number = families.try_emplace(family, static_cast<int>(families.size())).first->second;
    candidates.push_back({schedule, number, members[family]++, false});
  }
}

Candidates::Candidate *Candidates::candidate(const Schedule &schedule) {
  for (Candidate &candidate : candidates)
    if (candidate.schedule == schedule)
      return &candidate;
  return nullptr;
}

void Candidates::update(std::vector<Measurement> measurements) {
  const Measurement *former = best();
  const double limit = former ? former->relative * (1 - leastImprovement) : 0;
  known = std::move(measurements);
  bestKnown = -1;
  for (size_t i = 0; i < known.size(); ++i) {
    Candidate *tried = candidate(known[i].schedule);
    if (!tried)
      continue;
    tried->begun = true;
    if (bestKnown < 0 && !known[i].failed())
      bestKnown = static_cast<int>(i);
  }
  if (best() && best()->relative < limit)
    sinceImprovement = 0;
}

void Candidates::begin(const Schedule &schedule) {
  candidate(schedule)->begun = true;
  ++sinceImprovement;
}

const Measurement *Candidates::fastest() const {
  return known.empty() || known.front().failed() ? nullptr : &known.front();
}

const Measurement *Candidates::best() const {
  return bestKnown < 0 ? nullptr : &known[static_cast<size_t>(bestKnown)];
}

const Measurement *Candidates::find(const Schedule &schedule) const {
  for (const Measurement &measurement : known)
    if (measurement.schedule == schedule)
      return &measurement;
  return nullptr;
}

int Candidates::tried() const {
  return static_cast<int>(
      std::count_if(candidates.begin(), candidates.end(),
                    [&](const Candidate &each) { return find(each.schedule) != nullptr; }));
}

/// Parameters in which two schedules of one algorithm differ.
static int differences(const Schedule &a, const Schedule &b) {
  int count = 0;
  for (const auto &[name, value] : a.parameters) {
    auto other = b.parameters.find(name);
    count += other == b.parameters.end() || other->second != value;
  }
  return count;
}

/// The least relative time of each family that has one; begun but without a time: as the best.
std::map<int, double> Candidates::familyTimes() const {
  std::map<int, double> times;
  for (const Candidate &candidate : candidates) {
    if (!candidate.begun)
      continue;
    const Measurement *measured = find(candidate.schedule);
    double time = measured && !measured->failed() ? measured->relative / best()->relative : 1;
    auto [it, isNew] = times.try_emplace(candidate.family, time);
    if (!isNew && measured && !measured->failed())
      it->second = std::min(it->second, time);
  }
  return times;
}

// Relative to the best: as fast as the best of its family, a little slower for each place behind in
// the order of the cost model, a little faster beside the best. A family that nobody has tried is
// worth a try, the sooner the more the model thinks of it.
std::optional<Schedule> Candidates::next() const {
  std::map<int, double> times;
  if (best())
    times = familyTimes();
  std::optional<Schedule> choice;
  double least = std::numeric_limits<double>::infinity();
  for (const Candidate &candidate : candidates) {
    if (candidate.begun)
      continue;
    auto family = times.find(candidate.family);
    double time = family == times.end() ? 0.85 + 0.05 * candidate.family : family->second;
    time *= 1 + 0.02 * candidate.place;
    if (best() && candidate.schedule.algorithm == best()->schedule.algorithm &&
        differences(candidate.schedule, best()->schedule) == 1)
      time *= 0.9;
    if (time < least) {
      least = time;
      choice = candidate.schedule;
    }
  }
  return choice;
}

} // namespace cnnc
