// The search on a bench that knows the answers and whose clock is its own.
#include "compiler/tuner/Search.h"

#include "compiler/tuner/KernelKey.h"
#include "tests/codegen/TemporaryFolder.h"
#include "tests/tuner/Examples.h"

#include <gtest/gtest.h>

#include <deque>
#include <functional>

namespace cnnc {

/// What a schedule does.
struct Behaviour {
  double seconds = 1e-3;
  std::string compileFailure, measureFailure;
};

/// Compiling takes half a second, measuring a tenth, one after the other.
class KnownBench : public Bench {
public:
  explicit KnownBench(std::function<Behaviour(size_t, const Schedule &)> behaviour)
      : behaviour(std::move(behaviour)) {}

  bool canCompile() const override { return events.size() < 2; }
  bool canMeasure() const override { return true; }
  void compile(size_t problem, const Schedule &schedule) override {
    compiled.push_back({problem, toText(schedule)});
    events.push_back({BenchEvent::Compiled, problem, schedule,
                      behaviour(problem, schedule).compileFailure, 0, 0});
  }
  void measure(size_t problem, const Schedule &schedule,
               const std::optional<Schedule> &rival) override {
    Behaviour what = behaviour(problem, schedule);
    double rivalSeconds = rival ? behaviour(problem, *rival).seconds : 0;
    events.push_back({BenchEvent::Measured, problem, schedule, what.measureFailure,
                      what.seconds * noise, rivalSeconds * noise});
  }
  std::optional<BenchEvent> wait(double) override {
    if (events.empty())
      return std::nullopt;
    BenchEvent event = events.front();
    events.pop_front();
    time += event.kind == BenchEvent::Compiled ? 0.5 : 0.1;
    noise *= 1.01; // The machine gets slower and slower.
    return event;
  }
  double now() const override { return time; }

  std::vector<std::pair<size_t, std::string>> compiled;

private:
  std::function<Behaviour(size_t, const Schedule &)> behaviour;
  std::deque<BenchEvent> events;
  double time = 100, noise = 1;
};

class Search : public testing::Test {
protected:
  Search() {
    Result<TuningDatabase> opened =
        TuningDatabase::open(folder / "tuning.db", TuningDatabase::Write);
    EXPECT_TRUE(opened);
    database.emplace(std::move(*opened));
  }

  /// A kernel with `count` candidates of algorithm `a`, then as many of `b`.
  void addKernel(int calls, int64_t count) {
    TuningProblem problem = additionProblem(8);
    problem.calls = calls;
    problem.candidates.clear();
    for (const char *algorithm : {"a", "b"})
      for (int64_t columns = 0; columns < count; ++columns)
        problem.candidates.push_back(schedule(algorithm, columns));
    problems.push_back(problem);
    subjects.push_back(subject("k" + std::to_string(subjects.size())));
  }

  std::vector<TunedKernel> run(Bench &bench, double budget) {
    SearchOptions options;
    options.budget = budget;
    options.progress = [this](const SearchProgress &progress) { last = progress; };
    auto result = searchSchedules(problems, subjects, *database, bench, options);
    EXPECT_TRUE(result) << result.error();
    return *result;
  }

  TemporaryFolder folder;
  std::optional<TuningDatabase> database;
  std::vector<TuningProblem> problems;
  std::vector<TuningSubject> subjects;
  SearchProgress last;
};

TEST_F(Search, FindsTheOptimumOfEachKernel) {
  addKernel(1, 5);
  addKernel(3, 5);
  KnownBench bench([](size_t problem, const Schedule &s) {
    bool fastest = s == (problem ? schedule("b", 3) : schedule("a", 4));
    return Behaviour{fastest ? 0.25e-3 : 1e-3, "", ""};
  });
  std::vector<TunedKernel> kernels = run(bench, 1000);
  EXPECT_EQ(kernels[0].after.schedule, schedule("a", 4));
  EXPECT_EQ(kernels[1].after.schedule, schedule("b", 3));
  EXPECT_NEAR(kernels[1].after.relative, 0.25, 1e-9) << "the machine's slowness is no gain";
  EXPECT_NEAR(last.after / last.before, 0.25, 1e-9);
  EXPECT_EQ(last.tried, 20);
}

// Of sixty candidates there is time for half: they are not those of the slower algorithm.
TEST_F(Search, LeavesAnAlgorithmThatIsMuchSlower) {
  addKernel(1, 30);
  KnownBench bench([](size_t, const Schedule &s) {
    double columns = static_cast<double>(s.parameters.at("columns"));
    return Behaviour{s.algorithm == "a" ? 3e-3 : 1e-3 - 1e-5 * columns, "", ""};
  });
  std::vector<TunedKernel> kernels = run(bench, 20);
  EXPECT_EQ(kernels[0].after.schedule.algorithm, "b");
  int wasted = 0;
  for (const auto &[problem, text] : bench.compiled)
    wasted += text[0] == 'a';
  EXPECT_LE(wasted, 5) << "of " << bench.compiled.size();
}

TEST_F(Search, MeasuresEveryDefaultFirst) {
  for (int calls : {1, 100, 1})
    addKernel(calls, 4);
  KnownBench bench([](size_t, const Schedule &) { return Behaviour{}; });
  run(bench, 2.6);
  ASSERT_GE(bench.compiled.size(), 3u);
  for (size_t i = 0; i < 3; ++i)
    EXPECT_EQ(bench.compiled[i], std::make_pair(i, toText(schedule("a", 0))));
  EXPECT_EQ(last.measured, 3u);
}

TEST_F(Search, SpendsItsTimeWhereTheNetworkDoes) {
  addKernel(1, 50);
  addKernel(20, 50);
  KnownBench bench([](size_t, const Schedule &) { return Behaviour{}; });
  run(bench, 12);
  size_t large = 0;
  for (const auto &[problem, text] : bench.compiled)
    large += problem == 1;
  EXPECT_GT(large, bench.compiled.size() * 3 / 4);
  EXPECT_LT(large, bench.compiled.size());
}

TEST_F(Search, NeverTakesWhatIsWrongHoweverFast) {
  addKernel(1, 3);
  KnownBench bench([](size_t, const Schedule &s) {
    return Behaviour{s == schedule("a", 2) ? 1e-9 : 1e-3, "",
                     s == schedule("a", 2) ? "wrong results" : ""};
  });
  EXPECT_FALSE(run(bench, 1000)[0].after.schedule == schedule("a", 2));
  EXPECT_EQ(last.failed, 1);
}

TEST_F(Search, NeverTriesAgainWhatFailed) {
  addKernel(1, 3);
  auto behaviour = [](size_t, const Schedule &s) {
    return Behaviour{1e-3, s.algorithm == "b" ? "the compiler crashed" : "", ""};
  };
  KnownBench first(behaviour), second(behaviour);
  run(first, 1000);
  EXPECT_EQ(last.failed, 3);
  Result<std::vector<Measurement>> known = database->find(subjects[0]);
  ASSERT_TRUE(known);
  EXPECT_EQ(known->back().failure, "the compiler crashed");
  run(second, 1000);
  EXPECT_TRUE(second.compiled.empty());
}

TEST_F(Search, GoesOnWhereItWasStopped) {
  addKernel(1, 10);
  auto behaviour = [](size_t, const Schedule &s) {
    return Behaviour{s == schedule("b", 9) ? 1e-4 : 1e-3, "", ""};
  };
  KnownBench first(behaviour), second(behaviour);
  run(first, 5);
  run(second, 1000);
  for (const auto &twice : second.compiled)
    EXPECT_EQ(std::count(first.compiled.begin(), first.compiled.end() - 2, twice), 0)
        << "all but what was cut off is known";
  EXPECT_EQ(run(second, 1000)[0].after.schedule, schedule("b", 9));
}

TEST_F(Search, ADefaultThatFailsIsReplaced) {
  addKernel(1, 2);
  KnownBench bench([](size_t, const Schedule &s) {
    return Behaviour{1e-3, "", s == schedule("a", 0) ? "crashed" : ""};
  });
  std::vector<TunedKernel> kernels = run(bench, 1000);
  EXPECT_EQ(kernels[0].before.failure, "crashed");
  EXPECT_FALSE(kernels[0].after.failed());
}

// What another tuner measured meanwhile is not measured again, and what it found is the rival.
TEST_F(Search, TakesInWhatAnotherTunerFinds) {
  addKernel(1, 4);
  KnownBench bench([&](size_t, const Schedule &s) {
    if (s == schedule("a", 0))
      for (int64_t columns = 1; columns < 4; ++columns)
        (void)database->record(subjects[0], measurement(schedule("b", columns), 0.5));
    return Behaviour{s.algorithm == "b" ? 0.5e-3 : 1e-3, "", ""};
  });
  std::vector<TunedKernel> kernels = run(bench, 1000);
  EXPECT_EQ(bench.compiled.size(), 5u);
  EXPECT_EQ(kernels[0].after.schedule.algorithm, "b");
}

TEST_F(Search, StopsWhenItIsTold) {
  addKernel(1, 50);
  KnownBench bench([](size_t, const Schedule &) { return Behaviour{}; });
  SearchOptions options;
  options.stop = [&] { return bench.compiled.size() >= 4; };
  ASSERT_TRUE(searchSchedules(problems, subjects, *database, bench, options));
  EXPECT_LE(bench.compiled.size(), 5u);
}

} // namespace cnnc
