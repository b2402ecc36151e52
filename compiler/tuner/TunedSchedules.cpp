#include "compiler/tuner/TunedSchedules.h"

#include "compiler/codegen/EmitKernels.h"
#include "compiler/support/Spelling.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

namespace cnnc {

std::optional<TunedSchedulesOptions> tuningOptions(const std::string &tuning, int threads) {
  if (tuning == "no")
    return std::nullopt;
  TunedSchedulesOptions options;
  options.threads = threads;
  if (tuning != "host")
    options.cpu = tuning;
  return options;
}

std::string checkTuning(const std::string &tuning) {
  std::vector<std::string> names = TunedSchedules::measuredCpus(TuningDatabase::defaultPath());
  names.insert(names.end(), {"host", "no"});
  if (std::find(names.begin(), names.end(), tuning) != names.end())
    return {};
  return "nothing was measured on a CPU '" + tuning + "'" + suggestion(tuning, names);
}

TunedSchedules TunedSchedules::open(const TunedSchedulesOptions &options) {
  TunedSchedules schedules;
  schedules.options = options;
  std::error_code ignored;
  if (options.databasePath.empty() || !std::filesystem::exists(options.databasePath, ignored))
    return schedules;
  Result<TuningDatabase> database =
      TuningDatabase::open(options.databasePath, TuningDatabase::Read);
  if (database)
    schedules.database.emplace(std::move(*database));
  else
    schedules.problem = database.error();
  return schedules;
}

std::vector<std::string> TunedSchedules::measuredCpus(const std::string &databasePath) {
  std::set<std::string> names;
  for (const ScheduleFile &file : shippedSchedules())
    names.insert(file.cpu);
  Result<TuningDatabase> database = TuningDatabase::open(databasePath, TuningDatabase::Read);
  if (database)
    if (Result<std::vector<std::string>> cpus = database->cpus())
      names.insert(cpus->begin(), cpus->end());
  return {names.begin(), names.end()};
}

std::vector<Schedule> TunedSchedules::find(const KernelSpec &spec,
                                           const std::vector<int64_t> &sizes) {
  TuningSubject subject{
      options.cpu, EmitOptions::kernelsVersion(), kernelKey(spec, sizes), "", "", options.threads};
  std::vector<Schedule> found = findInDatabase(subject);
  return found.empty() ? findShipped(subject) : found;
}

std::vector<Schedule> TunedSchedules::findInDatabase(TuningSubject subject) {
  std::vector<Schedule> found;
  if (!database)
    return found;
  auto giveUp = [&](const std::string &reason) {
    problem = reason;
    database.reset();
    return std::vector<Schedule>();
  };
  Result<std::vector<int>> threads = database->threadsMeasured(subject);
  if (!threads)
    return giveUp(threads.error());
  if (threads->empty())
    return found;
  subject.threads = threads->front();
  Result<std::vector<Measurement>> measurements = database->find(subject);
  if (!measurements)
    return giveUp(measurements.error());
  for (const Measurement &measurement : *measurements)
    if (!measurement.failed())
      found.push_back(measurement.schedule);
  return found;
}

/// Of two numbers of threads the one nearer to `wanted`, the smaller where both are as near.
static bool isNearer(int threads, int other, int wanted) {
  int distance = std::abs(threads - wanted), otherDistance = std::abs(other - wanted);
  return distance != otherDistance ? distance < otherDistance : threads < other;
}

std::vector<Schedule> TunedSchedules::findShipped(const TuningSubject &subject) const {
  std::vector<Schedule> found;
  int threads = 0;
  for (const ScheduleFile &file : *options.shipped) {
    if (file.cpu != subject.cpu)
      continue;
    for (const BestMeasurement &best : file.measurements) {
      if (best.subject.key != subject.key)
        continue;
      if (found.empty() || isNearer(best.subject.threads, threads, subject.threads)) {
        threads = best.subject.threads;
        found.clear();
      }
      if (best.subject.threads == threads)
        found.push_back(best.measurement.schedule);
    }
  }
  return found;
}

} // namespace cnnc
