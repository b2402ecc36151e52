#include "compiler/tuner/Database.h"

#include "compiler/tuner/KernelKey.h"
#include "compiler/tuner/Statement.h"

#include <sqlite3.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <unistd.h>

namespace cnnc {

namespace fs = std::filesystem;

// "cnnc" in ASCII says that a file is ours, and the other number what its tables are.
static constexpr int applicationId = 0x636e6e63, tablesVersion = 1;
// Others hold the file for milliseconds; whoever waits longer waits for a process that is stopped.
static constexpr int waitMilliseconds = 10000;

static const char tables[] = R"(
  CREATE TABLE IF NOT EXISTS kernels (
    key TEXT PRIMARY KEY, target TEXT NOT NULL, title TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS measurements (
    cpu TEXT, version TEXT, key TEXT, threads INTEGER, schedule TEXT,
    added_error REAL NOT NULL, seconds REAL NOT NULL, relative REAL NOT NULL, failure TEXT NOT NULL,
    PRIMARY KEY (cpu, version, key, threads, schedule)
  ) WITHOUT ROWID;
)";

void TuningDatabase::Close::operator()(sqlite3 *database) const { sqlite3_close(database); }

TuningDatabase::TuningDatabase(std::string path, sqlite3 *database)
    : path(std::move(path)), database(database) {}
TuningDatabase::TuningDatabase(TuningDatabase &&) noexcept = default;
TuningDatabase::~TuningDatabase() = default;

static std::string environment(const char *name) {
  const char *value = std::getenv(name);
  return value ? value : "";
}

std::string TuningDatabase::defaultPath() {
  if (std::string own = environment("CNNC_TUNING"); !own.empty())
    return own;
  if (std::string data = environment("XDG_DATA_HOME"); !data.empty())
    return data + "/cnnc/tuning.db";
  if (std::string home = environment("HOME"); !home.empty())
    return home + "/.local/share/cnnc/tuning.db";
  return "";
}

Error TuningDatabase::error() const {
  return Error{"the tuning database " + path +
               " can not be used: " + sqlite3_errmsg(database.get())};
}

/// The number behind "PRAGMA name"; -1 where the file can not be read.
static int pragma(sqlite3 *database, const char *name) {
  Statement statement(database, std::string("PRAGMA ") + name);
  return statement.step() ? static_cast<int>(statement.integer(0)) : -1;
}

static bool execute(sqlite3 *database, const std::string &sql) {
  return sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
}

/// Makes the tables of an empty file, whoever else may be doing the same.
static bool createTables(sqlite3 *database) {
  const std::string sql = std::string("BEGIN IMMEDIATE;") + tables +
                          "PRAGMA application_id = " + std::to_string(applicationId) +
                          ";PRAGMA user_version = " + std::to_string(tablesVersion) + ";COMMIT";
  // SQLite does not wait by itself for somebody else who is changing the journal, too.
  constexpr int pause = 10;
  for (int waited = 0; waited < waitMilliseconds; waited += pause) {
    if (execute(database, "PRAGMA journal_mode = WAL") && execute(database, sql))
      return true;
    if ((sqlite3_errcode(database) & 0xff) != SQLITE_BUSY)
      return false;
    sqlite3_sleep(pause);
  }
  return false;
}

/// The path as a URI that says that nobody writes to the file.
static std::string immutableUri(const std::string &path) {
  std::string uri = "file:";
  for (unsigned char c : path) {
    char escaped[4];
    std::snprintf(escaped, sizeof escaped, "%%%02x", c);
    uri += std::isalnum(c) || c == '/' || c == '.' ? std::string(1, static_cast<char>(c)) : escaped;
  }
  return uri + "?immutable=1";
}

/// An open file, as far as it can be opened; never null but for want of memory.
static sqlite3 *openFile(const std::string &name, int flags) {
  sqlite3 *handle = nullptr;
  sqlite3_open_v2(name.c_str(), &handle, flags, nullptr);
  sqlite3_busy_timeout(handle, waitMilliseconds);
  return handle;
}

Result<TuningDatabase> TuningDatabase::open(const std::string &path, Mode mode) {
  std::error_code ignored; // Opening says what is wrong.
  if (mode == Write && fs::path(path).has_parent_path())
    fs::create_directories(fs::path(path).parent_path(), ignored);
  int flags = mode == Write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  TuningDatabase database(path, openFile(path, flags));
  // First, since whoever fills an empty file meanwhile writes both numbers at once.
  bool isEmpty = pragma(database.database.get(), "schema_version") == 0;
  int version = pragma(database.database.get(), "user_version");
  // Even readers want to write, a file beside it. In somebody else's folder there is no writer,
  // either.
  if (version < 0 && mode == Read && access(fs::path(path).parent_path().c_str(), W_OK) != 0) {
    database.database.reset(openFile(immutableUri(path), flags | SQLITE_OPEN_URI));
    version = pragma(database.database.get(), "user_version");
  }
  sqlite3 *handle = database.database.get();
  if (version < 0)
    return database.error();
  if (isEmpty && version == 0 && mode == Write) {
    if (!createTables(handle))
      return database.error();
    version = tablesVersion;
  }
  if (version != tablesVersion || pragma(handle, "application_id") != applicationId)
    return Error{"the tuning database " + path + " is not one of this version of cnnc"};
  // Durable against the end of any process; of what a power cut takes, less than is worth a sync.
  if (mode == Write && !execute(handle, "PRAGMA synchronous = NORMAL"))
    return database.error();
  return database;
}

static void bindSubject(Statement &statement, const TuningSubject &subject) {
  statement.bind(1, subject.cpu).bind(2, subject.version).bind(3, subject.key);
}

Status TuningDatabase::record(const TuningSubject &subject, const Measurement &measurement) {
  Statement kernel(database.get(), "INSERT OR IGNORE INTO kernels VALUES (?, ?, ?)");
  kernel.bind(1, subject.key).bind(2, subject.target).bind(3, subject.title).step();
  if (!kernel.finished())
    return error();
  Statement statement(database.get(),
                      "INSERT OR REPLACE INTO measurements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  bindSubject(statement, subject);
  statement.bind(4, subject.threads)
      .bind(5, toText(measurement.schedule))
      .bind(6, measurement.addedError)
      .bind(7, measurement.seconds)
      .bind(8, measurement.relative)
      .bind(9, measurement.failure)
      .step();
  return statement.finished() ? done() : error();
}

/// From the columns schedule, added_error, seconds, relative, failure, from `first` on.
static std::optional<Measurement> readMeasurement(const Statement &row, int first) {
  std::optional<Schedule> schedule = parseSchedule(row.text(first));
  if (!schedule)
    return std::nullopt;
  return Measurement{*schedule, row.real(first + 1), row.real(first + 2), row.real(first + 3),
                     row.text(first + 4)};
}

Result<std::vector<Measurement>> TuningDatabase::find(const TuningSubject &subject) {
  Statement rows(database.get(),
                 "SELECT schedule, added_error, seconds, relative, failure FROM measurements "
                 "WHERE cpu = ? AND version = ? AND key = ? AND threads = ? "
                 "ORDER BY failure != '', relative, schedule");
  bindSubject(rows, subject);
  rows.bind(4, subject.threads);
  std::vector<Measurement> measurements;
  while (rows.step())
    if (std::optional<Measurement> measurement = readMeasurement(rows, 0))
      measurements.push_back(std::move(*measurement));
  if (!rows.finished())
    return error();
  return measurements;
}

Result<std::vector<int>> TuningDatabase::threadsMeasured(const TuningSubject &subject) {
  Statement rows(database.get(), "SELECT DISTINCT threads FROM measurements "
                                 "WHERE cpu = ? AND version = ? AND key = ? AND failure = '' "
                                 "ORDER BY abs(threads - ?), threads");
  bindSubject(rows, subject);
  rows.bind(4, subject.threads);
  std::vector<int> threads;
  while (rows.step())
    threads.push_back(static_cast<int>(rows.integer(0)));
  if (!rows.finished())
    return error();
  return threads;
}

Result<std::vector<std::string>> TuningDatabase::cpus() {
  Statement rows(database.get(), "SELECT DISTINCT cpu FROM measurements ORDER BY cpu");
  std::vector<std::string> names;
  while (rows.step())
    names.push_back(rows.text(0));
  if (!rows.finished())
    return error();
  return names;
}

Result<std::vector<BestMeasurement>> TuningDatabase::best(const std::string &cpu,
                                                          const std::string &version) {
  Statement rows(database.get(), "SELECT key, target, title, threads, "
                                 "       schedule, added_error, seconds, relative, failure "
                                 "FROM measurements JOIN kernels USING (key) "
                                 "WHERE cpu = ? AND version = ? AND failure = '' "
                                 "ORDER BY target, title, key, threads, relative, schedule");
  rows.bind(1, cpu).bind(2, version);
  std::vector<BestMeasurement> best;
  double leastError = 0;
  while (rows.step()) {
    TuningSubject subject{cpu,          version,      rows.text(0),
                          rows.text(1), rows.text(2), static_cast<int>(rows.integer(3))};
    std::optional<Measurement> measurement = readMeasurement(rows, 4);
    if (best.empty() || best.back().subject.key != subject.key ||
        best.back().subject.threads != subject.threads)
      leastError = std::numeric_limits<double>::infinity();
    if (!measurement || measurement->addedError >= leastError)
      continue;
    leastError = measurement->addedError;
    best.push_back({std::move(subject), std::move(*measurement)});
  }
  if (!rows.finished())
    return error();
  return best;
}

} // namespace cnnc
