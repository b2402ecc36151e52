// Real processes, on a kernel that takes no time; compilers that go wrong.
#include "compiler/tuner/ProcessBench.h"

#include "tests/tuner/Examples.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace cnnc {

class ProcessBenchTest : public testing::Test {
protected:
  ProcessBenchTest() {
    options.emit.cacheFolder = "";
    options.cores = 2;
    options.measure.coldBytes = 1 << 20;
  }

  BenchEvent next(ProcessBench &bench) {
    std::optional<BenchEvent> event = bench.wait(60);
    EXPECT_TRUE(event);
    return event.value_or(BenchEvent());
  }

  /// Compiles and, if that went well, measures the first candidate.
  BenchEvent tryFirst() {
    ProcessBench bench(problems, options);
    const Schedule &schedule = problems[0].candidates.front();
    bench.compile(0, schedule);
    BenchEvent compiled = next(bench);
    if (!compiled.failure.empty())
      return compiled;
    bench.measure(0, schedule, std::nullopt);
    return next(bench);
  }

  std::vector<TuningProblem> problems = {additionProblem(8)};
  ProcessBenchOptions options;
};

TEST_F(ProcessBenchTest, TimesAKernelThatIsRight) {
  BenchEvent event = tryFirst();
  EXPECT_EQ(event.failure, "");
  EXPECT_EQ(event.kind, BenchEvent::Measured);
  EXPECT_GT(event.seconds, 0);
  EXPECT_EQ(event.rivalSeconds, 0);
}

// The rival was compiled by an earlier run: the process that measures does it.
TEST_F(ProcessBenchTest, TimesARivalThatWasNotCompiledHere) {
  ProcessBench bench(problems, options);
  Schedule challenger = problems[0].candidates.front(), rival = challenger;
  rival.parameters["lanes"] = 1;
  bench.compile(0, challenger);
  EXPECT_EQ(next(bench).failure, "");
  bench.measure(0, challenger, rival);
  BenchEvent event = next(bench);
  EXPECT_EQ(event.failure, "");
  EXPECT_GT(event.rivalSeconds, 0);
}

TEST_F(ProcessBenchTest, RunsOnThreads) {
  options.measure.threads = 2;
  EXPECT_EQ(tryFirst().failure, "");
}

TEST_F(ProcessBenchTest, FindsWrongResults) {
  options.emit.compile = [](const KernelSpec &spec) {
    KernelSpec other = spec;
    other.graph.ops[0].name = "sub";
    return compileKernel(other);
  };
  EXPECT_EQ(tryFirst().failure.rfind("wrong results: error ", 0), 0u);
}

// Parts of the channels of larger tensors, as form-views makes them.
TEST_F(ProcessBenchTest, TimesAKernelThatWritesItsChannelsOnly) {
  problems[0].spec.pitches = {12, 20};
  problems[0].spec.outputPitch = 16;
  for (int threads : {1, 2}) {
    options.measure.threads = threads;
    EXPECT_EQ(tryFirst().failure, "");
  }
}

TEST_F(ProcessBenchTest, FindsWhatIsWrittenIntoNeighboursChannels) {
  problems[0].spec.outputPitch = 16;
  options.emit.compile = [](const KernelSpec &spec) {
    KernelSpec wider = spec;
    for (TensorDescription &input : wider.graph.inputs)
      input.shape[1] += 1;
    wider.graph.ops[0].result.shape[1] += 1;
    return compileKernel(wider);
  };
  EXPECT_EQ(tryFirst().failure, "wrong results: written between the pixels");
}

// Each overwrites an input of its own.
TEST_F(ProcessBenchTest, TimesAKernelInPlaceAgainstARival) {
  problems[0].spec.inPlace = 1;
  problems[0].spec.pitches = {12, 0};
  ProcessBench bench(problems, options);
  Schedule challenger = problems[0].candidates.front(), rival = challenger;
  rival.parameters["lanes"] = 1;
  for (const Schedule &schedule : {challenger, rival}) {
    bench.compile(0, schedule);
    EXPECT_EQ(next(bench).failure, "");
  }
  bench.measure(0, challenger, rival);
  EXPECT_EQ(next(bench).failure, "");
}

TEST_F(ProcessBenchTest, FindsWrongResultsInPlace) {
  problems[0].spec.inPlace = 1;
  options.emit.compile = [](const KernelSpec &spec) {
    KernelSpec other = spec;
    other.graph.ops[0].operands = {1, 1};
    return compileKernel(other);
  };
  EXPECT_EQ(tryFirst().failure.rfind("wrong results: error ", 0), 0u);
}

TEST_F(ProcessBenchTest, SurvivesACompilerThatAborts) {
  options.emit.compile = [](const KernelSpec &) -> CompiledKernel { std::abort(); };
  EXPECT_NE(tryFirst().failure.find("\"Aborted\""), std::string::npos);
}

TEST_F(ProcessBenchTest, SurvivesACompilerThatTakesAllMemory) {
  options.emit.compile = [](const KernelSpec &) -> CompiledKernel {
    std::vector<std::string> blocks;
    while (true)
      blocks.push_back(std::string(size_t(1) << 40, 'x'));
  };
  EXPECT_EQ(tryFirst().failure, "std::bad_alloc");
}

TEST_F(ProcessBenchTest, EndsACompilerThatHangs) {
  options.compileLimit = 1;
  options.emit.compile = [](const KernelSpec &) -> CompiledKernel {
    while (true)
      pause();
  };
  EXPECT_EQ(tryFirst().failure, "took longer than 1 s");
}

TEST_F(ProcessBenchTest, SurvivesAKernelThatIsNoCode) {
  options.emit.compile = [](const KernelSpec &) { return CompiledKernel{"not an object", 0, 0}; };
  BenchEvent event = tryFirst();
  EXPECT_EQ(event.kind, BenchEvent::Measured);
  EXPECT_NE(event.failure, "");
}

TEST_F(ProcessBenchTest, TakesNoMoreThanItsCores) {
  ProcessBench bench(problems, options);
  const Schedule &schedule = problems[0].candidates.front();
  EXPECT_TRUE(bench.canMeasure());
  bench.compile(0, schedule);
  EXPECT_TRUE(bench.canCompile());
  EXPECT_TRUE(bench.canMeasure());
  bench.compile(0, schedule);
  EXPECT_FALSE(bench.canCompile());
  EXPECT_FALSE(bench.canMeasure());
}

} // namespace cnnc
