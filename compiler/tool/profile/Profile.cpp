// Runs the network and puts together what the plan says about its kernels with what they took.
#include "compiler/tool/profile/Profile.h"

#include "compiler/codegen/Dataflow.h"
#include "compiler/support/Peak.h"
#include "compiler/support/Work.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/TargetParser/Host.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <numeric>

namespace cnnc {

using Clock = std::chrono::steady_clock;

int64_t Profile::multiplyAdds() const {
  return std::accumulate(kernels.begin(), kernels.end(), int64_t(0),
                         [](int64_t sum, const KernelProfile &k) { return sum + k.multiplyAdds; });
}

int64_t Profile::bytes() const {
  return std::accumulate(kernels.begin(), kernels.end(), int64_t(0),
                         [](int64_t sum, const KernelProfile &k) { return sum + k.bytes; });
}

std::optional<double> rate(int64_t multiplyAdds, double seconds) {
  if (multiplyAdds == 0 || seconds <= 0)
    return std::nullopt;
  return 2.0 * static_cast<double>(multiplyAdds) / seconds;
}

// ---- The machine -------------------------------------------------------------------------------

/// The name that the system shows, else the one that LLVM has.
static std::string cpuName() {
  if (auto text = llvm::MemoryBuffer::getFileAsStream("/proc/cpuinfo")) {
    llvm::StringRef rest = (*text)->getBuffer();
    while (!rest.empty()) {
      auto [line, others] = rest.split('\n');
      if (line.consume_front("model name"))
        return line.ltrim(" \t:").str();
      rest = others;
    }
  }
  return llvm::sys::getHostCPUName().str();
}

/// Of one core; 0 for a CPU without fused multiply-adds.
static double measurePeak(const Target &target) {
  bool fused = target.cpuFeatures == 0 || (target.cpuFeatures & CNNRT_CPU_FMA) != 0;
  return fused ? measureFmaPeak(target.vectorBytes) : 0;
}

// ---- The rounds --------------------------------------------------------------------------------

namespace {

/// Takes the time at every event of one run.
struct Stopwatch {
  std::vector<Clock::time_point> events;

  static void onEvent(void *context, const char *, int) {
    static_cast<Stopwatch *>(context)->events.push_back(Clock::now());
  }
  double seconds(size_t call) const {
    return std::chrono::duration<double>(events[2 * call + 1] - events[2 * call]).count();
  }
};

/// What a program would hold: threads, a workspace, the borders' tensors.
class Runner {
public:
  Runner(const Session &session, int threads)
      : session(session), pool(cnnrt_pool_create(threads), cnnrt_pool_destroy),
        workspaceBytes(session.network->workspaceBytes(session.sizes, threads)),
        workspace(std::aligned_alloc(CNNRT_WORKSPACE_ALIGNMENT, (workspaceBytes + 63) / 64 * 64),
                  std::free),
        outputs(makeOutputs(session.plan, session.sizes)),
        inputPointers(pointersTo(session.inputs)), outputPointers(pointersInto(outputs)) {
    stopwatch.events.reserve(2 * session.plan.run.calls.size());
    if (!pool)
      return;
    exec = *pool;
    exec.cpu_features = cnnrt_cpu_features();
    exec.profile = Stopwatch::onEvent;
    exec.profile_context = &stopwatch;
  }

  /// The seconds of one run; those of its kernels are in the stopwatch.
  Result<double> run() {
    if (!pool || !workspace)
      return Error{"there is no memory for the threads or the workspace"};
    stopwatch.events.clear();
    const cnnrt_network &network = session.network->network();
    Clock::time_point begin = Clock::now();
    int status = network.run(inputPointers.data(), outputPointers.data(), session.sizes.data(),
                             workspace.get(), workspaceBytes, &exec);
    std::chrono::duration<double> seconds = Clock::now() - begin;
    if (status != CNNRT_OK)
      return Error{session.plan.name + " failed: " + cnnrt_status_string(status)};
    assert(stopwatch.events.size() == 2 * session.plan.run.calls.size() && "two events a kernel");
    return seconds.count();
  }

  Stopwatch stopwatch;

private:
  const Session &session;
  std::unique_ptr<cnnrt_exec, void (*)(cnnrt_exec *)> pool;
  cnnrt_exec exec = {};
  size_t workspaceBytes;
  std::unique_ptr<void, void (*)(void *)> workspace;
  std::vector<HostTensor> outputs;
  std::vector<const void *> inputPointers;
  std::vector<void *> outputPointers;
};

} // namespace

static Times timesOf(std::vector<double> seconds) {
  llvm::sort(seconds);
  size_t middle = seconds.size() / 2;
  double median =
      seconds.size() % 2 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2;
  return {seconds.front(), median};
}

/// Fills in the times of the run and its kernels, and the peak: measured between the rounds, so
/// that a machine whose clock changes is compared with itself.
static Status measure(const Session &session, Profile &profile) {
  Runner runner(session, profile.threads);
  if (Result<double> warmUp = runner.run(); !warmUp)
    return Error{warmUp.error()};
  std::vector<double> runs;
  std::vector<std::vector<double>> kernels(profile.kernels.size());
  double peak = 0;
  for (int round = 0; round < profile.rounds; ++round) {
    peak = std::max(peak, measurePeak(session.plan.target));
    Result<double> seconds = runner.run();
    if (!seconds)
      return Error{seconds.error()};
    runs.push_back(*seconds);
    for (size_t i = 0; i < kernels.size(); ++i)
      kernels[i].push_back(runner.stopwatch.seconds(i));
  }
  if (peak > 0)
    profile.peak = peak * profile.threads;
  profile.run = timesOf(std::move(runs));
  for (size_t i = 0; i < kernels.size(); ++i) {
    Times seconds = profile.kernels[i].seconds = timesOf(std::move(kernels[i]));
    profile.allKernels.least += seconds.least;
    profile.allKernels.median += seconds.median;
  }
  for (KernelProfile &kernel : profile.kernels)
    kernel.share = kernel.seconds.least / profile.allKernels.least;
  return done();
}

// ---- What the plan says ------------------------------------------------------------------------

/// Multiply-adds of all ops of the kernel, whose symbols have these values.
static int64_t multiplyAddsOf(const OpGraph &graph, const std::vector<int64_t> &sizes) {
  auto shapeOf = [&](const TensorDescription &tensor) {
    std::vector<int64_t> shape = tensor.shape;
    for (int64_t &dim : shape)
      if (dim < 0)
        dim = sizes[static_cast<size_t>(-1 - dim)];
    return shape;
  };
  int64_t sum = 0;
  for (const OpDescription &op : graph.ops) {
    std::vector<std::vector<int64_t>> operands;
    for (int operand : op.operands)
      operands.push_back(shapeOf(graph.tensor(operand)));
    sum += countMultiplyAdds(op.name, operands, shapeOf(op.result));
  }
  return sum;
}

/// Bytes of the arguments, an input that is given twice counted once.
static void countBytes(const KernelCall &call, const std::vector<int64_t> &sizes,
                       KernelProfile &profile) {
  profile.bytes = bytesOf(call.arguments.back(), sizes);
  std::vector<std::tuple<int, int, int64_t, int64_t>> seen;
  for (const BufferArgument &argument : llvm::ArrayRef(call.arguments).drop_back()) {
    const BufferPlace &place = argument.place;
    std::tuple<int, int, int64_t, int64_t> key = {
        place.kind, place.index, place.offset.evaluate(sizes), argument.firstByte()};
    if (llvm::is_contained(seen, key))
      continue;
    seen.push_back(key);
    int64_t bytes = bytesOf(argument, sizes);
    profile.bytes += bytes;
    if (place.kind == BufferPlace::Weights)
      profile.weightBytes += bytes;
  }
}

static KernelProfile describeCall(const NetworkPlan &plan, const KernelCall &call,
                                  const std::vector<int64_t> &sizes, int threads) {
  const PlannedKernel &kernel = plan.kernels[static_cast<size_t>(call.kernel)];
  std::vector<int64_t> kernelSizes;
  for (const SizeExpr &size : call.sizes)
    kernelSizes.push_back(size.evaluate(sizes));
  KernelProfile profile;
  if (size_t colon = call.name.rfind(": "); colon != std::string::npos)
    profile.layer = call.name.substr(0, colon);
  for (const OpDescription &op : kernel.spec.graph.ops)
    profile.ops.push_back(op.name);
  profile.schedule = kernel.spec.schedule;
  profile.multiplyAdds = multiplyAddsOf(kernel.spec.graph, kernelSizes);
  countBytes(call, sizes, profile);
  profile.scratchBytes = kernel.compiled.sharedScratch.evaluate(kernelSizes) +
                         threads * kernel.compiled.workerScratch.evaluate(kernelSizes);
  const BufferArgument &result = call.arguments.back();
  if (result.place.kind == BufferPlace::Output)
    profile.output = plan.outputs[static_cast<size_t>(result.place.index)].name;
  else
    profile.arenaOffset = result.place.offset.evaluate(sizes) + result.firstByte();
  profile.elementType = result.elementType;
  for (const SizeExpr &extent : llvm::reverse(result.extents))
    profile.shape.push_back(extent.evaluate(sizes));
  profile.resultBytes = bytesOf(result, sizes);
  return profile;
}

/// Everything but the times.
static Profile describeNetwork(const Session &session, int threads, int rounds) {
  const NetworkPlan &plan = session.plan;
  Profile profile;
  profile.network = plan.name;
  profile.target = plan.target.name;
  profile.cpu = cpuName();
  for (size_t i = 0; i < plan.sizes.size(); ++i)
    profile.sizes.emplace_back(plan.sizes[i], session.sizes[i]);
  profile.threads = threads;
  profile.rounds = rounds;
  for (const BorderTensor &input : plan.inputs)
    profile.inputs.push_back(input.name);
  for (const KernelCall &call : plan.run.calls)
    profile.kernels.push_back(describeCall(plan, call, session.sizes, threads));
  std::vector<FlowingTensor> tensors = findTensors(plan, session.sizes);
  for (const FlowingTensor &tensor : tensors)
    for (int reader : tensor.readers) {
      KernelProfile &kernel = profile.kernels[static_cast<size_t>(reader)];
      if (tensor.writer >= 0)
        kernel.reads.push_back(tensor.writer);
      else
        kernel.readsInputs.push_back(plan.inputs[static_cast<size_t>(tensor.index)].name);
    }
  profile.arenaBytes = plan.run.arenaBytes.evaluate(session.sizes);
  profile.arenaLowerBound = arenaLowerBound(tensors);
  profile.workspaceBytes =
      static_cast<int64_t>(session.network->workspaceBytes(session.sizes, threads));
  profile.weightBytes = plan.weightBytes;
  return profile;
}

Result<Profile> profileNetwork(const Session &session, int threads, int rounds) {
  const cnnrt_network &network = session.network->network();
  char message[256];
  if (network.check_sizes(session.sizes.data(), message, sizeof message) != CNNRT_OK)
    return Error{session.plan.name + " can not take these sizes: " + message};
  Profile profile = describeNetwork(session, threads, rounds);
  if (Status measured = measure(session, profile); !measured)
    return Error{measured.error()};
  return profile;
}

} // namespace cnnc
