// cnnc tune: the fastest schedules of a network's kernels on this machine, found by trying them.
#include "compiler/codegen/EmitKernels.h"
#include "compiler/frontend/NetworkFunction.h"
#include "compiler/passes/NetworkKernels.h"
#include "compiler/support/WriteFile.h"
#include "compiler/tool/Interrupt.h"
#include "compiler/tool/Model.h"
#include "compiler/tool/tune/Progress.h"
#include "compiler/tool/tune/Report.h"
#include "compiler/tuner/KernelKey.h"
#include "compiler/tuner/ProcessBench.h"
#include "compiler/tuner/ScheduleFile.h"

#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;

namespace cnnc {

namespace {
struct TuneOptions {
  ModelOptions model;
  double budget = 120;
  int threads = 1;
  std::string importFile, exportFile;
};

/// What the search is given.
struct NetworkProblems {
  std::vector<TuningProblem> problems; ///< Kernels that have more than one schedule, each once.
  std::vector<TuningSubject> subjects;
  int untunable = 0; ///< Kernels with one schedule only.
  int64_t weightBytes = 0;
};
} // namespace

// ---- The kernels -------------------------------------------------------------------------------

static int64_t weightBytes(const KernelSpec &spec) {
  int64_t bytes = 0;
  for (size_t i = 0; i < spec.graph.inputs.size(); ++i)
    if (spec.isWeight[i])
      bytes += spec.graph.inputs[i].numElements() * sizeInBytes(spec.graph.inputs[i].elementType);
  return bytes;
}

/// The distinct kernels of `network`, in order of appearance.
static NetworkProblems findProblems(func::FuncOp network, const Target &target, double accuracy,
                                    int threads) {
  NetworkProblems found;
  std::vector<NetworkKernel> kernels = findKernels(network, target);
  double share = errorShare(kernels, accuracy);
  std::map<std::string, size_t> numbers; // Of a problem, by its key.
  std::set<std::string> untunable;
  for (const NetworkKernel &kernel : kernels) {
    found.weightBytes += weightBytes(kernel.spec);
    std::string key = kernelKey(kernel.spec, kernel.sizes);
    auto [it, isNew] = numbers.try_emplace(key, found.problems.size());
    if (!isNew) {
      if (!untunable.count(key))
        ++found.problems[it->second].calls;
      continue;
    }
    std::vector<Schedule> candidates = scheduleSpace(kernel.typical(), share);
    if (candidates.size() < 2) {
      untunable.insert(key);
      continue;
    }
    std::string title = kernelTitle(kernel.spec, kernel.sizes);
    found.problems.push_back({kernel.spec, kernel.sizes, title, 1, std::move(candidates)});
    found.subjects.push_back(
        {hostCpu(), EmitOptions::kernelsVersion(), key, target.name, title, threads});
  }
  found.untunable = static_cast<int>(untunable.size());
  return found;
}

// ---- Tuning ------------------------------------------------------------------------------------

/// Between two runs of a kernel all weights of its network pass through the caches: more than stay
/// in them, if the network is not very small, but no more than is needed to push the others out:
/// twice what a core has of the shared cache in most servers.
static int64_t coldBytes(const NetworkProblems &network, const Target &target) {
  return std::clamp<int64_t>(network.weightBytes, 4 * target.l2Bytes, int64_t(64) << 20);
}

static Status tuneModel(TuneOptions &options, TuningDatabase &database) {
  OwningOpRef<ModuleOp> module = options.model.read();
  const PipelineOptions pipeline = options.model.pipeline("host");
  if (!module || failed(runStages(*module, Stage::FormViews, pipeline)))
    return Error{""}; // A diagnostic has said why.
  const Target &target = *findTarget(pipeline.target);
  const NetworkProblems network =
      findProblems(getNetwork(*module), target, pipeline.accuracy, options.threads);

  ProcessBenchOptions bench;
  bench.cores = pipeline.workers;
  bench.measure = {options.threads, coldBytes(network, target)};
  if (!pipeline.cacheFolder.empty())
    bench.emit.cacheFolder = pipeline.cacheFolder;
  ProcessBench processes(network.problems, bench);
  ProgressDisplay display(options.budget);
  SearchOptions search;
  search.budget = options.budget;
  search.progress = [&](const SearchProgress &progress) { display.show(progress); };
  search.stop = [] { return isInterrupted(); };
  catchInterrupts();
  Result<std::vector<TunedKernel>> kernels =
      searchSchedules(network.problems, network.subjects, database, processes, search);
  SearchProgress last = display.finish();
  if (!kernels)
    return Error{kernels.error()};
  printReport({network.problems, *kernels, last, network.untunable, isInterrupted()}, llvm::outs());
  return done();
}

// ---- Files -------------------------------------------------------------------------------------

/// Files the measurements of a file as this version's, but those that the database has itself.
static Status importFile(const std::string &path, TuningDatabase &database) {
  auto text = llvm::MemoryBuffer::getFile(path);
  if (!text)
    return Error{"can not read " + path + ": " + text.getError().message()};
  Result<ScheduleFile> file = ScheduleFile::parse(path, (*text)->getBuffer().str());
  if (!file)
    return Error{file.error()};
  int taken = 0;
  for (BestMeasurement &best : file->measurements) {
    best.subject.version = EmitOptions::kernelsVersion();
    Result<std::vector<Measurement>> known = database.find(best.subject);
    if (!known)
      return Error{known.error()};
    if (llvm::any_of(*known,
                     [&](const Measurement &m) { return m.schedule == best.measurement.schedule; }))
      continue;
    if (Status recorded = database.record(best.subject, best.measurement); !recorded)
      return recorded;
    ++taken;
  }
  llvm::outs() << path << ": took over " << taken << " of " << file->measurements.size()
               << " measurements on " << file->cpu << "\n";
  return done();
}

static Status exportFile(const std::string &path, TuningDatabase &database) {
  auto best = database.best(hostCpu(), EmitOptions::kernelsVersion());
  if (!best)
    return Error{best.error()};
  if (best->empty())
    return Error{"there is nothing to export: this version of cnnc has measured nothing on this "
                 "CPU, " +
                 hostCpu()};
  ScheduleFile file{hostCpu(), std::move(*best)};
  if (Status written = writeFile(path, {file.toText()}); !written)
    return written;
  llvm::outs() << path << ": " << file.measurements.size() << " measurements on " << file.cpu
               << "\n";
  return done();
}

// ---- The command -------------------------------------------------------------------------------

static int tune(TuneOptions &options) {
  if (options.model.path.empty() && options.importFile.empty() && options.exportFile.empty())
    return fail("tune takes a MODEL, --import or --export");
  const std::string path = TuningDatabase::defaultPath();
  if (path.empty())
    return fail("there is no place for the tuning database: set CNNC_TUNING to a file's name");
  Result<TuningDatabase> database = TuningDatabase::open(path, TuningDatabase::Write);
  if (!database)
    return fail(database.error());
  Status status = done();
  if (!options.importFile.empty())
    status = importFile(options.importFile, *database);
  if (status && !options.model.path.empty())
    status = tuneModel(options, *database);
  if (status && !options.exportFile.empty())
    status = exportFile(options.exportFile, *database);
  if (!status)
    return status.error().empty() ? 1 : fail(status.error());
  return 0;
}

void addTuneCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<TuneOptions>();
  CLI::App *command =
      app.add_subcommand("tune", "Find the fastest schedules on this machine by trying them");
  options->model.declare(*command);
  command->get_option("model")->required(false);
  command->add_option("--budget", options->budget, "How long to search: 90s, 2m, 1h; default: 2m")
      ->transform(isDuration())
      ->type_name("TIME");
  command->add_option("--threads", options->threads, "Threads to be fast on")
      ->check(CLI::Range(1, CNNRT_MAX_THREADS));
  command
      ->add_option("--import", options->importFile, "First take over what such a file has measured")
      ->check(CLI::ExistingFile);
  command
      ->add_option("--export", options->exportFile,
                   "Write the best that was measured on this CPU, of all models")
      ->type_name("FILE");
  command->callback([options, &status] { status = tune(*options); });
}

} // namespace cnnc
