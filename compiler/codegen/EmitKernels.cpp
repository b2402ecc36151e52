#include "compiler/codegen/EmitKernels.h"

#include "compiler/codegen/KernelBytes.h"
#include "compiler/codegen/KernelsVersion.h"
#include "compiler/codegen/WorkerProcess.h"

#include <algorithm>
#include <cerrno>
#include <list>
#include <map>
#include <optional>
#include <poll.h>
#include <thread>

namespace cnnc {

std::string EmitOptions::kernelsVersion() { return CNNC_KERNELS_VERSION; }

namespace {
/// A distinct kernel.
struct Job {
  const KernelSpec *spec;
  std::string key;
  std::optional<CompiledKernel> kernel;
};

struct Running {
  Job *job;
  WorkerProcess worker;
};
} // namespace

/// "conv+relu with schedule direct, for x86-64-avx2"
static std::string describe(const KernelSpec &spec) {
  std::string ops;
  for (const OpDescription &op : spec.graph.ops)
    ops += (ops.empty() ? "" : "+") + op.name;
  return ops + " with schedule " + spec.schedule.algorithm + ", for " + spec.target.name;
}

static Result<WorkerProcess> startJob(const Job &job, const EmitOptions &options) {
  return WorkerProcess::start([&] { return toBytes(options.compile(*job.spec)); });
}

static Status finishJob(Running &running, const KernelCache &cache) {
  const std::string name = "can not compile the kernel " + describe(*running.job->spec) + ": ";
  Result<std::string> bytes = running.worker.finish();
  if (!bytes)
    return Error{name + bytes.error()};
  running.job->kernel = fromBytes(*bytes);
  if (!running.job->kernel)
    return Error{name + "its result was damaged on the way"};
  cache.store(running.job->key, *running.job->kernel);
  return done();
}

/// Sleeps until a worker has sent something or ended; one mark for each worker.
static std::vector<bool> waitForWorkers(const std::list<Running> &running) {
  std::vector<pollfd> descriptors;
  for (const Running &each : running)
    descriptors.push_back({each.worker.descriptor(), POLLIN, 0});
  while (poll(descriptors.data(), descriptors.size(), -1) < 0 && errno == EINTR)
    continue;
  std::vector<bool> ready;
  for (const pollfd &descriptor : descriptors)
    ready.push_back(descriptor.revents != 0);
  return ready;
}

/// Runs all jobs that have no kernel yet; `report` is called after each. Returning early ends the
/// workers that still run.
static Status runJobs(const std::vector<Job *> &jobs, const KernelCache &cache,
                      const EmitOptions &options, const std::function<void()> &report) {
  size_t workers = options.workers > 0 ? static_cast<size_t>(options.workers)
                                       : std::max(1u, std::thread::hardware_concurrency());
  std::list<Running> running;
  size_t next = 0;
  while (next < jobs.size() || !running.empty()) {
    while (next < jobs.size() && running.size() < workers) {
      Result<WorkerProcess> worker = startJob(*jobs[next], options);
      if (!worker)
        return Error{worker.error()};
      running.push_back({jobs[next++], std::move(*worker)});
    }
    std::vector<bool> ready = waitForWorkers(running);
    size_t index = 0;
    for (auto it = running.begin(); it != running.end();) {
      if (!ready[index++] || it->worker.receive()) {
        ++it;
        continue;
      }
      if (Status finished = finishJob(*it, cache); !finished)
        return finished;
      it = running.erase(it);
      report();
    }
  }
  return done();
}

std::string kernelCacheKey(const KernelSpec &spec, const EmitOptions &options) {
  return contentHash(options.version + "\n" + spec.toText());
}

Result<std::vector<CompiledKernel>> emitKernels(const std::vector<KernelSpec> &specs,
                                                const EmitOptions &options) {
  KernelCache cache(options.cacheFolder, options.cacheBytes);
  std::map<std::string, Job> jobs;
  std::vector<Job *> jobOfSpec, missing;
  for (const KernelSpec &spec : specs) {
    std::string key = kernelCacheKey(spec, options);
    auto [entry, isNew] = jobs.insert({key, Job{&spec, key, std::nullopt}});
    jobOfSpec.push_back(&entry->second);
    if (!isNew)
      continue;
    entry->second.kernel = cache.find(key);
    if (!entry->second.kernel)
      missing.push_back(&entry->second);
  }
  const int total = static_cast<int>(jobs.size());
  int finished = total - static_cast<int>(missing.size());
  auto report = [&](int more) {
    finished += more;
    if (options.progress)
      options.progress(finished, total);
  };
  report(0);
  if (Status all = runJobs(missing, cache, options, [&] { report(1); }); !all)
    return Error{all.error()};
  std::vector<CompiledKernel> kernels;
  for (const Job *job : jobOfSpec)
    kernels.push_back(*job->kernel);
  return kernels;
}

} // namespace cnnc
