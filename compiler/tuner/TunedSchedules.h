// What choose-schedules asks: the schedules known to be fast for a kernel on a CPU.
#pragma once

#include "compiler/tuner/KernelKey.h"
#include "compiler/tuner/ScheduleFile.h"

#include <optional>
#include <string>
#include <vector>

namespace cnnc {

struct TunedSchedulesOptions {
  std::string cpu = hostCpu(); ///< On which it was measured.
  int threads = 1;             ///< Where there is nothing for these: the nearest number there is.
  std::string databasePath = TuningDatabase::defaultPath();
  const std::vector<ScheduleFile> *shipped = &shippedSchedules();
};

/// What `--tuning` names: "host" is this machine's CPU, "no" none at all; else the name of another.
std::optional<TunedSchedulesOptions> tuningOptions(const std::string &tuning, int threads);
/// Why there is nothing that `tuning` could name; empty where there is.
std::string checkTuning(const std::string &tuning);

/// The user's database, and behind it what ships with the compiler. The database's measurements are
/// those of this compiler's version of the kernels. What ships may be older: a schedule stays good
/// for as long as the space of its kernel has it, which the one who asks checks.
class TunedSchedules {
public:
  /// Never fails: a database that is not there knows nothing, and neither does one that can not be
  /// read; warning() then says why.
  static TunedSchedules open(const TunedSchedulesOptions &options);

  /// The CPUs of which the database or what ships knows something.
  static std::vector<std::string> measuredCpus(const std::string &databasePath);

  /// The fastest first; empty where nothing is known.
  std::vector<Schedule> find(const KernelSpec &spec, const std::vector<int64_t> &sizes);

  /// Why the database is not used; empty where it is, or where there is none.
  const std::string &warning() const { return problem; }

private:
  std::vector<Schedule> findInDatabase(TuningSubject subject);
  std::vector<Schedule> findShipped(const TuningSubject &subject) const;

  TunedSchedulesOptions options;
  std::optional<TuningDatabase> database;
  std::string problem;
};

} // namespace cnnc
