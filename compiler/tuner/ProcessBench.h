// The bench that does it for real: kernels compiled, checked and timed in processes of their own.
//
// A schedule that makes the compiler abort, or whose kernel crashes, hangs or takes all memory,
// costs its process and becomes a failure. While one process measures, others compile on the cores
// that are left; never more than there are cores, or the times would say little.
#pragma once

#include "compiler/codegen/EmitKernels.h"
#include "compiler/codegen/WorkerProcess.h"
#include "compiler/tuner/Bench.h"
#include "compiler/tuner/MeasureKernel.h"

#include <deque>
#include <functional>
#include <list>
#include <map>

namespace cnnc {

struct ProcessBenchOptions {
  int cores = 0; ///< To use; 0: all of the machine.
  /// Seconds after which a process hangs: one that compiles (and asks the reference, once for each
  /// problem), and one that measures.
  double compileLimit = 60, measureLimit = 20;
  MeasureOptions measure; ///< Threads, and how cold weights are.
  EmitOptions emit;       ///< The cache of kernels, and what compiles.
};

class ProcessBench : public Bench {
public:
  /// `problems` must outlive it.
  ProcessBench(const std::vector<TuningProblem> &problems, ProcessBenchOptions options);
  ~ProcessBench() override;

  bool canCompile() const override;
  bool canMeasure() const override;
  void compile(size_t problem, const Schedule &schedule) override;
  void measure(size_t problem, const Schedule &schedule,
               const std::optional<Schedule> &rival) override;
  std::optional<BenchEvent> wait(double seconds) override;
  double now() const override;

private:
  /// Work in a process, and what it is to yield.
  struct Job {
    BenchEvent event;
    double limit, deadline;
    WorkerProcess worker;
  };

  void start(BenchEvent event, const std::function<std::string()> &work);
  std::optional<BenchEvent> finishOne();
  std::optional<BenchEvent> finish(std::list<Job>::iterator job);
  void take(BenchEvent &event, const std::string &bytes);
  std::string keyOf(size_t problem, const Schedule &schedule) const;
  std::string compileBytes(size_t problem, const Schedule &schedule) const;
  int coresTaken() const;

  const std::vector<TuningProblem> &problems;
  ProcessBenchOptions options;
  KernelCache cache;
  std::list<Job> jobs;
  std::deque<BenchEvent> finished;
  std::map<std::string, CompiledKernel> compiled; ///< By keyOf.
  std::map<size_t, Expectation> expectations;     ///< By problem.
};

} // namespace cnnc
