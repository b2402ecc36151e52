#include "compiler/tuner/ProcessBench.h"

#include "compiler/codegen/KernelBytes.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace cnnc {

ProcessBench::ProcessBench(const std::vector<TuningProblem> &problems, ProcessBenchOptions options)
    : problems(problems), options(std::move(options)),
      cache(this->options.emit.cacheFolder, this->options.emit.cacheBytes) {
  if (this->options.cores <= 0)
    this->options.cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

ProcessBench::~ProcessBench() = default;

double ProcessBench::now() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// ---- Room --------------------------------------------------------------------------------------

int ProcessBench::coresTaken() const {
  int taken = 0;
  for (const Job &job : jobs)
    taken += job.event.kind == BenchEvent::Measured ? options.measure.threads : 1;
  return taken;
}

bool ProcessBench::canCompile() const { return coresTaken() < options.cores; }

// More threads than cores have the machine for themselves.
bool ProcessBench::canMeasure() const {
  return jobs.empty() || coresTaken() + options.measure.threads <= options.cores;
}

// ---- Work --------------------------------------------------------------------------------------

/// Whoever asks for more memory than the machine has is to fail alone.
static void limitMemory() {
  auto bytes =
      static_cast<rlim_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
  rlimit limit = {bytes, bytes};
  setrlimit(RLIMIT_AS, &limit);
  int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0)
    return;
  // Where that is forbidden, the system chooses whom to end.
  [[maybe_unused]] ssize_t written = write(file, "1000", 4);
  close(file);
}

void ProcessBench::start(BenchEvent event, const std::function<std::string()> &work) {
  Result<WorkerProcess> worker = WorkerProcess::start([&] {
    limitMemory();
    return work();
  });
  if (worker) {
    double limit = event.kind == BenchEvent::Measured ? options.measureLimit : options.compileLimit;
    jobs.push_back({std::move(event), limit, now() + limit, std::move(*worker)});
    return;
  }
  event.failure = worker.error();
  finished.push_back(std::move(event));
}

std::string ProcessBench::keyOf(size_t problem, const Schedule &schedule) const {
  KernelSpec spec = problems[problem].spec;
  spec.schedule = schedule;
  return kernelCacheKey(spec, options.emit);
}

std::string ProcessBench::compileBytes(size_t problem, const Schedule &schedule) const {
  KernelSpec spec = problems[problem].spec;
  spec.schedule = schedule;
  return toBytes(options.emit.compile(spec));
}

// The first job of a problem also asks the reference: the length of its answer, a line, comes
// first.
void ProcessBench::compile(size_t problem, const Schedule &schedule) {
  BenchEvent event{BenchEvent::Compiled, problem, schedule, "", 0, 0};
  const std::string key = keyOf(problem, schedule);
  const bool isFirst = !expectations.count(problem);
  std::optional<CompiledKernel> cached = cache.find(key);
  if (cached && !isFirst) {
    compiled[key] = std::move(*cached);
    finished.push_back(std::move(event));
    return;
  }
  start(std::move(event), [&] {
    std::string expected = isFirst ? evaluateReference(problems[problem]).toBytes() : "";
    return std::to_string(expected.size()) + "\n" + expected +
           (cached ? toBytes(*cached) : compileBytes(problem, schedule));
  });
}

// A rival of an earlier run that is in no cache is compiled by the process that measures.
void ProcessBench::measure(size_t problem, const Schedule &schedule,
                           const std::optional<Schedule> &rival) {
  auto contender = [&](const Schedule &schedule) {
    auto known = compiled.find(keyOf(problem, schedule));
    if (known != compiled.end())
      return Contender{schedule, known->second};
    if (std::optional<CompiledKernel> cached = cache.find(keyOf(problem, schedule)))
      return Contender{schedule, *cached};
    return Contender{schedule, *fromBytes(compileBytes(problem, schedule))};
  };
  start({BenchEvent::Measured, problem, schedule, "", 0, 0}, [&] {
    std::optional<Contender> other;
    if (rival)
      other = contender(*rival);
    Result<Duel> duel = measureKernel(problems[problem], expectations.at(problem),
                                      contender(schedule), other, options.measure);
    if (!duel)
      throw std::runtime_error(duel.error());
    std::string bytes(sizeof(Duel), '\0');
    std::memcpy(bytes.data(), &*duel, sizeof(Duel));
    return bytes;
  });
}

// ---- Results -----------------------------------------------------------------------------------

/// Reads what the worker sent; a failure where it is not what it should be.
void ProcessBench::take(BenchEvent &event, const std::string &bytes) {
  if (event.kind == BenchEvent::Measured) {
    Duel duel;
    std::memcpy(&duel, bytes.data(), sizeof duel);
    event.seconds = duel.challenger;
    event.rivalSeconds = duel.rival;
    return;
  }
  size_t begin = bytes.find('\n') + 1;
  size_t expected = std::stoul(bytes.substr(0, begin));
  std::optional<CompiledKernel> kernel = fromBytes(bytes.substr(begin + expected));
  if (!kernel) {
    event.failure = "the compiled kernel was damaged on the way";
    return;
  }
  if (expected > 0)
    if (auto expectation =
            Expectation::fromBytes(problems[event.problem], bytes.substr(begin, expected)))
      expectations[event.problem] = std::move(*expectation);
  const std::string key = keyOf(event.problem, event.schedule);
  cache.store(key, *kernel);
  compiled[key] = std::move(*kernel);
}

std::optional<BenchEvent> ProcessBench::finish(std::list<Job>::iterator job) {
  BenchEvent event = std::move(job->event);
  Result<std::string> bytes = job->worker.finish();
  jobs.erase(job);
  if (bytes)
    take(event, *bytes);
  else
    event.failure = bytes.error();
  return event;
}

/// A job that has sent all, or taken too long.
std::optional<BenchEvent> ProcessBench::finishOne() {
  for (auto job = jobs.begin(); job != jobs.end(); ++job) {
    pollfd descriptor = {job->worker.descriptor(), POLLIN, 0};
    while (poll(&descriptor, 1, 0) > 0)
      if (!job->worker.receive())
        return finish(job);
    if (now() < job->deadline)
      continue;
    BenchEvent event = std::move(job->event);
    event.failure = "took longer than " + std::to_string(static_cast<int>(job->limit)) + " s";
    jobs.erase(job); // Ends the process.
    return event;
  }
  return std::nullopt;
}

std::optional<BenchEvent> ProcessBench::wait(double seconds) {
  const double end = now() + seconds;
  while (true) {
    if (!finished.empty()) {
      BenchEvent event = std::move(finished.front());
      finished.pop_front();
      return event;
    }
    if (std::optional<BenchEvent> event = finishOne())
      return event;
    double until = end;
    std::vector<pollfd> descriptors;
    for (const Job &job : jobs) {
      until = std::min(until, job.deadline);
      descriptors.push_back({job.worker.descriptor(), POLLIN, 0});
    }
    int milliseconds = static_cast<int>(std::max(0.0, until - now()) * 1e3) + 1;
    int ready = poll(descriptors.data(), descriptors.size(), milliseconds);
    if (ready < 0 || (ready == 0 && now() >= end))
      return std::nullopt;
  }
}

} // namespace cnnc
