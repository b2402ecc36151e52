#include "compiler/tuner/MeasureKernel.h"

#include "compiler/check/PlacedTensor.h"
#include "compiler/tuner/CallBuffers.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <deque>

namespace cnnc {

// A duel has from five rounds to thirty, as many as fit its seconds.
static constexpr int fewestRounds = 5, mostRounds = 30;
static constexpr double duelSeconds = 0.25, clearlySlower = 1.2;

// ---- The contenders' code ----------------------------------------------------------------------

static void addArgument(KernelCall &call, ElementType type, std::vector<int64_t> shape,
                        Layout layout, int64_t pitch) {
  if (layout == Layout::ChannelsLast && shape.size() >= 3)
    std::rotate(shape.begin() + 1, shape.begin() + 2, shape.end());
  BufferArgument argument;
  argument.elementType = type;
  argument.pitch = pitch;
  for (size_t i = shape.size(); i-- > 0;)
    argument.extents.push_back(shape[i] >= 0 ? SizeExpr(shape[i])
                                             : SizeExpr::symbol(static_cast<int>(-1 - shape[i])));
  call.arguments.push_back(std::move(argument));
}

static KernelCall callOf(const KernelSpec &spec, int kernel, size_t sizes) {
  KernelCall call;
  call.name = "kernel";
  call.kernel = kernel;
  for (size_t i = 0; i < spec.graph.inputs.size(); ++i) {
    const TensorDescription &input = spec.graph.inputs[i];
    bool packed = spec.layouts[i] == Layout::Packed;
    std::vector<int64_t> shape = packed ? packedShape(spec, static_cast<int>(i)) : input.shape;
    addArgument(call, input.elementType, shape, packed ? Layout::RowMajor : spec.layouts[i],
                spec.pitchOf(i));
  }
  const TensorDescription &result = spec.graph.result();
  addArgument(call, result.elementType, result.shape, spec.outputLayout, spec.outputPitch);
  for (size_t k = 0; k < sizes; ++k)
    call.sizes.push_back(SizeExpr::symbol(static_cast<int>(k)));
  return call;
}

/// A network whose calls are the contenders: only for what it takes to call them one by one.
static NetworkPlan planFor(const TuningProblem &problem,
                           const std::vector<const Contender *> &contenders) {
  NetworkPlan plan;
  plan.name = "tuned";
  plan.target = problem.spec.target;
  plan.typicalSizes = problem.sizes;
  for (size_t k = 0; k < problem.sizes.size(); ++k)
    plan.sizes.push_back("s" + std::to_string(k));
  for (const Contender *contender : contenders) {
    KernelSpec spec = problem.spec;
    spec.schedule = contender->schedule;
    int number = static_cast<int>(plan.kernels.size());
    plan.run.calls.push_back(callOf(spec, number, problem.sizes.size()));
    plan.run.sharedScratch = max(plan.run.sharedScratch, contender->compiled.sharedScratch);
    plan.run.workerScratch = max(plan.run.workerScratch, contender->compiled.workerScratch);
    plan.kernels.push_back({"kernel_" + std::to_string(number), spec, contender->compiled});
  }
  return plan;
}

// ---- Measuring ---------------------------------------------------------------------------------

static PlacedTensor placedResult(const TuningProblem &problem) {
  return PlacedTensor(makeResult(problem), problem.spec.outputPitch);
}

/// With one thread what other processes take of its core does not count.
static double secondsNow(int threads) {
  timespec now;
  clock_gettime(threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// The time that a fifth of the calls stay below.
static double lowQuantile(std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 5];
}

namespace {

class DuelRun {
public:
  DuelRun(const TuningProblem &problem, const LoadedNetwork &network, const NetworkPlan &plan,
          const MeasureOptions &options)
      : problem(problem), options(options),
        pool(options.threads > 1 ? cnnrt_pool_create(options.threads) : nullptr,
             cnnrt_pool_destroy),
        schedule(plan.kernels[0].spec.schedule),
        workspace(network.workspaceBytes(problem.sizes, options.threads)),
        result(placedResult(problem).bytes().size()) {
    for (size_t i = 0; i < plan.run.calls.size(); ++i) {
      buffers.emplace_back(problem, plan.kernels[i].spec.schedule, result, options.coldBytes,
                           mostRounds);
      calls.push_back(network.prepareKernel(plan.run.calls[i], buffers.back().arguments(),
                                            problem.sizes, workspace.memory, workspace.bytes,
                                            pool.get()));
      seconds.emplace_back();
    }
  }

  /// Runs the first contender and compares.
  Status check(const Expectation &expectation) {
    std::memset(result.memory, 0xff, result.bytes); // NaNs
    buffers[0].prepare(calls[0]);
    if (Status ran = calls[0].run(); !ran)
      return ran;
    PlacedTensor actual = placedResult(problem);
    std::memcpy(actual.bytes().data(), buffers[0].arguments().back(), result.bytes);
    if (!actual.neighboursIntact())
      return Error{"wrong results: written between the pixels"};
    return expectation.check(problem, schedule, actual.read());
  }

  Result<Duel> time() {
    flushCaches(options.coldBytes);
    double begin = secondsNow(options.threads);
    for (int round = 0; round < mostRounds; ++round) {
      if (isDecided(round, secondsNow(options.threads) - begin))
        break;
      for (size_t i = 0; i < calls.size(); ++i)
        if (Status ran = timeCall(round % 2 ? calls.size() - 1 - i : i); !ran)
          return Error{ran.error()};
    }
    return Duel{lowQuantile(seconds[0]), calls.size() > 1 ? lowQuantile(seconds[1]) : 0};
  }

private:
  Status timeCall(size_t i) {
    buffers[i].prepare(calls[i]);
    double begin = secondsNow(options.threads);
    Status ran = calls[i].run();
    seconds[i].push_back(secondsNow(options.threads) - begin);
    return ran;
  }

  /// A challenger that seems to win has to do so for longer: among many, one is lucky for a while.
  bool isDecided(int rounds, double elapsed) const {
    if (rounds < fewestRounds)
      return false;
    if (calls.size() < 2)
      return elapsed > duelSeconds;
    double ratio = lowQuantile(seconds[0]) / lowQuantile(seconds[1]);
    return ratio > clearlySlower || elapsed > (ratio < 1 ? 4 : 1) * duelSeconds;
  }

  const TuningProblem &problem;
  const MeasureOptions &options;
  std::unique_ptr<cnnrt_exec, void (*)(cnnrt_exec *)> pool;
  const Schedule &schedule; ///< Of the challenger.
  AlignedBytes workspace, result;
  std::deque<CallBuffers> buffers;
  std::vector<PreparedCall> calls;
  std::vector<std::vector<double>> seconds;
};

} // namespace

Result<Duel> measureKernel(const TuningProblem &problem, const Expectation &expectation,
                           const Contender &challenger, const std::optional<Contender> &rival,
                           const MeasureOptions &options) {
  std::vector<const Contender *> contenders = {&challenger};
  if (rival)
    contenders.push_back(&*rival);
  const NetworkPlan plan = planFor(problem, contenders);
  Result<LoadedNetwork> network = LoadedNetwork::load(plan);
  if (!network)
    return Error{network.error()};
  DuelRun run(problem, *network, plan, options);
  if (Status checked = run.check(expectation); !checked)
    return Error{checked.error()};
  return run.time();
}

} // namespace cnnc
