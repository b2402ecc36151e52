#include "compiler/tuner/Search.h"

#include "compiler/tuner/Candidates.h"

#include <cassert>
#include <cmath>
#include <deque>
#include <limits>

namespace cnnc {

// What a kernel promises is multiplied by this for each candidate that brought nothing.
static constexpr double patience = 0.85;
// Compiled ahead of the measurements: more would be chosen without knowing what these will show.
static constexpr size_t mostReady = 2;
static constexpr double waitSeconds = 0.2;

namespace {

/// A schedule that is compiled and waits to be timed.
struct Ready {
  size_t problem;
  Schedule schedule;
};

class Search {
public:
  Search(const std::vector<TuningProblem> &problems, const std::vector<TuningSubject> &subjects,
         TuningDatabase &database, Bench &bench, const SearchOptions &options)
      : problems(problems), subjects(subjects), database(database), bench(bench), options(options) {
    for (const TuningProblem &problem : problems) {
      kernels.emplace_back(problem);
      inFlight.push_back(0);
    }
  }

  Result<std::vector<TunedKernel>> run() {
    const double begin = bench.now();
    for (size_t i = 0; i < problems.size(); ++i)
      if (Status updated = update(i); !updated)
        return Error{updated.error()};
    while (!isOver(begin)) {
      if (Status started = startWork(); !started)
        return Error{started.error()};
      if (busy == 0)
        break; // There is nothing left to try.
      std::optional<BenchEvent> event = bench.wait(waitSeconds);
      if (!event)
        continue;
      if (Status taken = take(*event); !taken)
        return Error{taken.error()};
      report(begin);
    }
    report(begin);
    return results();
  }

private:
  bool isOver(double begin) const {
    return bench.now() - begin >= options.budget || (options.stop && options.stop());
  }

  /// Another tuner may be at work on the same kernels: what it finds counts, too.
  Status update(size_t problem) {
    Result<std::vector<Measurement>> measurements = database.find(subjects[problem]);
    if (!measurements)
      return Error{measurements.error()};
    kernels[problem].update(std::move(*measurements));
    return done();
  }

  // ---- Beginning -------------------------------------------------------------------------------

  // What is compiled is timed first: a measurement that waits for room is not overtaken.
  Status startWork() {
    while (true) {
      if (!ready.empty() && !isMeasuring) {
        if (!bench.canMeasure())
          return done();
        startMeasuring();
        continue;
      }
      if (ready.size() >= mostReady || !bench.canCompile())
        return done();
      std::optional<size_t> problem = mostPromising();
      if (!problem)
        return done();
      if (Status started = startCompiling(*problem); !started)
        return started;
    }
  }

  /// The kernel to try something on; none while all that is left depends on what is being done.
  std::optional<size_t> mostPromising() const {
    std::optional<size_t> choice;
    double most = 0;
    for (size_t i = 0; i < problems.size(); ++i) {
      double value = promise(i);
      if (value > most) {
        most = value;
        choice = i;
      }
    }
    return choice;
  }

  double promise(size_t i) const {
    const Candidates &kernel = kernels[i];
    if (!kernel.next())
      return 0;
    const Measurement *best = kernel.best();
    if (!best) // Without its time there is nothing to compare with: one thing at a time.
      return inFlight[i] ? 0 : std::numeric_limits<double>::infinity();
    return best->seconds * problems[i].calls * std::pow(patience, kernel.fruitless());
  }

  /// Another tuner may have had the same idea: its results are looked up first.
  Status startCompiling(size_t problem) {
    if (Status updated = update(problem); !updated)
      return updated;
    std::optional<Schedule> schedule = kernels[problem].next();
    if (!schedule)
      return done();
    kernels[problem].begin(*schedule);
    ++busy;
    ++inFlight[problem];
    bench.compile(problem, *schedule);
    return done();
  }

  /// Times the first that is ready.
  void startMeasuring() {
    Ready next = ready.front();
    ready.pop_front();
    const Measurement *fastest = kernels[next.problem].fastest();
    std::optional<Schedule> rival;
    if (fastest && !(fastest->schedule == next.schedule))
      rival = fastest->schedule;
    rivalRelative = fastest ? fastest->relative : 1;
    isMeasuring = true;
    bench.measure(next.problem, next.schedule, rival);
  }

  // ---- Finishing -------------------------------------------------------------------------------

  Status take(const BenchEvent &event) {
    isMeasuring &= event.kind != BenchEvent::Measured;
    if (event.kind == BenchEvent::Compiled && event.failure.empty()) {
      ready.push_back({event.problem, event.schedule});
      return done();
    }
    --busy;
    --inFlight[event.problem];
    return record(event);
  }

  /// Files what became of a candidate: a time, or why there is none.
  Status record(const BenchEvent &event) {
    ++tried;
    failed += !event.failure.empty();
    KernelSpec spec = atSizes(problems[event.problem].spec, problems[event.problem].sizes);
    spec.schedule = event.schedule;
    Measurement measurement{event.schedule, addedError(spec), event.seconds, 1, event.failure};
    if (event.rivalSeconds > 0)
      measurement.relative = rivalRelative * event.seconds / event.rivalSeconds;
    if (Status recorded = database.record(subjects[event.problem], measurement); !recorded)
      return recorded;
    return update(event.problem);
  }

  // ---- What came of it -------------------------------------------------------------------------

  void report(double begin) const {
    if (!options.progress)
      return;
    SearchProgress progress = sumUp(problems, results());
    progress.tried = tried;
    progress.failed = failed;
    progress.elapsed = bench.now() - begin;
    options.progress(progress);
  }

  std::vector<TunedKernel> results() const {
    std::vector<TunedKernel> all;
    for (size_t i = 0; i < problems.size(); ++i)
      all.push_back(resultOf(problems[i], kernels[i]));
    return all;
  }

  static TunedKernel resultOf(const TuningProblem &problem, const Candidates &kernel) {
    const Measurement *before = kernel.find(problem.candidates.front()), *after = kernel.best();
    TunedKernel result;
    result.before.failure = "not measured";
    result.tried = kernel.tried();
    if (before)
      result.before = *before;
    result.after = after ? *after : result.before;
    // Their seconds are of different moments of the machine; how they compare is not.
    if (after && before && !before->failed())
      result.after.seconds = before->seconds * after->relative / before->relative;
    return result;
  }

  const std::vector<TuningProblem> &problems;
  const std::vector<TuningSubject> &subjects;
  TuningDatabase &database;
  Bench &bench;
  const SearchOptions &options;
  std::vector<Candidates> kernels; ///< One for each problem, as is
  std::vector<int> inFlight;       ///< the number of its candidates at the bench.
  std::deque<Ready> ready;
  int busy = 0; ///< Candidates at the bench or ready.
  bool isMeasuring = false;
  double rivalRelative = 1; ///< Of what is being timed.
  int tried = 0, failed = 0;
};

} // namespace

Result<std::vector<TunedKernel>> searchSchedules(const std::vector<TuningProblem> &problems,
                                                 const std::vector<TuningSubject> &subjects,
                                                 TuningDatabase &database, Bench &bench,
                                                 const SearchOptions &options) {
  assert(problems.size() == subjects.size() && "a subject for each problem");
  return Search(problems, subjects, database, bench, options).run();
}

SearchProgress sumUp(const std::vector<TuningProblem> &problems,
                     const std::vector<TunedKernel> &kernels) {
  SearchProgress sums;
  sums.kernels = problems.size();
  for (size_t i = 0; i < problems.size(); ++i) {
    if (kernels[i].before.failed())
      continue;
    ++sums.measured;
    sums.before += kernels[i].before.seconds * problems[i].calls;
    sums.after += kernels[i].after.seconds * problems[i].calls;
  }
  return sums;
}

} // namespace cnnc
