// What the tuner measured, on disk: an SQLite file that any number of tuners and compilers share.
//
// Each measurement is a transaction of its own in write-ahead mode: whoever dies, in the middle of
// one, too, leaves a file that opens, and loses nothing but what was not yet measured.
#pragma once

#include "compiler/kernels/Kernel.h"
#include "compiler/support/Result.h"

#include <memory>
#include <string>
#include <vector>

struct sqlite3;

namespace cnnc {

/// What measurements are made of, all that can be compared with one another.
struct TuningSubject {
  std::string cpu;     ///< See hostCpu.
  std::string version; ///< Of the code that compiles kernels: EmitOptions::kernelsVersion.
  std::string key;     ///< See kernelKey.
  std::string target;  ///< Its target, and its title: for people.
  std::string title;
  int threads = 1;
};

/// One schedule of a subject, tried.
struct Measurement {
  Schedule schedule;
  double addedError = 0; ///< Of its algorithm: see Kernel.h.
  double seconds = 0;    ///< Of a call.
  /// That over what the first of the space took, timed in turn with it or with others that were:
  /// comparable between hours and tuners whose machine was more or less busy.
  double relative = 1;
  std::string failure; ///< Why there is no time; empty: there is one.

  bool failed() const { return !failure.empty(); }
};

/// One of the best for its subject: what is exported.
struct BestMeasurement {
  TuningSubject subject;
  Measurement measurement;
};

class TuningDatabase {
public:
  enum Mode { Read, Write };

  /// The user's: $CNNC_TUNING, else $XDG_DATA_HOME/cnnc/tuning.db, else
  /// ~/.local/share/cnnc/tuning.db; empty without a home.
  static std::string defaultPath();

  /// Opens the file at `path`; to write, makes it and its folder if they are missing.
  static Result<TuningDatabase> open(const std::string &path, Mode mode);

  TuningDatabase(TuningDatabase &&) noexcept;
  ~TuningDatabase();

  /// Keeps a measurement, in place of an older one of the same schedule.
  Status record(const TuningSubject &subject, const Measurement &measurement);

  /// All that was tried of a subject, the fastest first, failures at the end.
  Result<std::vector<Measurement>> find(const TuningSubject &subject);

  /// The numbers of threads for which a subject was measured, those nearest to its own first.
  Result<std::vector<int>> threadsMeasured(const TuningSubject &subject);

  /// The CPUs on which something was measured.
  Result<std::vector<std::string>> cpus();

  /// The fastest of each subject on this CPU, by this version; and of the slower ones those that
  /// add less error than all faster ones, for who wants more accuracy. Ordered by what is in them.
  Result<std::vector<BestMeasurement>> best(const std::string &cpu, const std::string &version);

private:
  struct Close {
    void operator()(sqlite3 *database) const;
  };
  explicit TuningDatabase(std::string path, sqlite3 *database);
  Error error() const;

  std::string path;
  std::unique_ptr<sqlite3, Close> database;
};

} // namespace cnnc
