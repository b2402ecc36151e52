#include "compiler/tuner/Database.h"

#include "compiler/tuner/Statement.h"
#include "tests/codegen/TemporaryFolder.h"
#include "tests/tuner/Examples.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cnnc {

static TuningDatabase openOrDie(const std::string &path) {
  Result<TuningDatabase> database = TuningDatabase::open(path, TuningDatabase::Write);
  if (!database)
    throw std::runtime_error(database.error());
  return std::move(*database);
}

static std::vector<Measurement> allOf(const std::string &path, const TuningSubject &subject) {
  Result<std::vector<Measurement>> found = openOrDie(path).find(subject);
  return found ? *found : std::vector<Measurement>();
}

/// What SQLite itself says about the file.
static std::string integrity(const std::string &path) {
  sqlite3 *handle = nullptr;
  std::string answer = "does not open";
  if (sqlite3_open(path.c_str(), &handle) == SQLITE_OK) {
    Statement check(handle, "PRAGMA integrity_check");
    answer = check.step() ? check.text(0) : "can not be read";
  }
  sqlite3_close(handle);
  return answer;
}

/// Runs `work` in another process.
static pid_t inProcess(const std::function<void()> &work) {
  pid_t process = fork();
  if (process != 0)
    return process;
  work();
  _exit(0);
}

static int statusOf(pid_t process) {
  int status = 0;
  waitpid(process, &status, 0);
  return status;
}

TEST(TuningDatabase, FindsTheFastestFirstAndFailuresLast) {
  TemporaryFolder folder;
  const std::string path = folder / "made/on/the/way/tuning.db";
  {
    TuningDatabase database = openOrDie(path);
    ASSERT_TRUE(database.record(subject(), measurement(schedule("direct", 1), 1)));
    ASSERT_TRUE(database.record(subject(), measurement(schedule("direct", 2), 0.1, "wrong")));
    ASSERT_TRUE(database.record(subject(), measurement(schedule("direct", 3), 0.5)));
    ASSERT_TRUE(database.record(subject("other"), measurement(schedule("direct", 4), 0.2)));
    ASSERT_TRUE(database.record(subject("k", 2), measurement(schedule("direct", 5), 0.2)));
  }
  std::vector<Measurement> found = allOf(path, subject());
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].schedule, schedule("direct", 3));
  EXPECT_DOUBLE_EQ(found[0].seconds, 0.5e-3);
  EXPECT_EQ(found[1].schedule, schedule("direct", 1));
  EXPECT_EQ(found[2].failure, "wrong");
}

TEST(TuningDatabase, ReplacesAnOlderMeasurement) {
  TemporaryFolder folder;
  TuningDatabase database = openOrDie(folder / "tuning.db");
  ASSERT_TRUE(database.record(subject(), measurement(schedule("direct", 1), 1, "crashed")));
  ASSERT_TRUE(database.record(subject(), measurement(schedule("direct", 1), 0.7)));
  Result<std::vector<Measurement>> found = database.find(subject());
  ASSERT_TRUE(found && found->size() == 1);
  EXPECT_FALSE(found->front().failed());
  EXPECT_DOUBLE_EQ(found->front().relative, 0.7);
}

TEST(TuningDatabase, KnowsTheNearestNumbersOfThreads) {
  TemporaryFolder folder;
  TuningDatabase database = openOrDie(folder / "tuning.db");
  for (int threads : {1, 2, 8})
    ASSERT_TRUE(database.record(subject("k", threads), measurement(schedule("direct", 1), 1)));
  ASSERT_TRUE(database.record(subject("k", 4), measurement(schedule("direct", 1), 1, "crashed")));
  Result<std::vector<int>> threads = database.threadsMeasured(subject("k", 4));
  ASSERT_TRUE(threads);
  EXPECT_EQ(*threads, (std::vector<int>{2, 1, 8}));
}

// Whoever wants more accuracy than the fastest has takes the fastest of those that have it.
TEST(TuningDatabase, BestLeavesOutWhatIsNeitherFasterNorMoreAccurate) {
  TemporaryFolder folder;
  TuningDatabase database = openOrDie(folder / "tuning.db");
  auto record = [&](int64_t columns, double relative, double error) {
    ASSERT_TRUE(database.record(subject(),
                                measurement(schedule("winograd", columns), relative, "", error)));
  };
  record(1, 1, 0);
  record(2, 0.5, 1e-5);
  record(3, 0.6, 1e-5);
  record(4, 0.4, 1e-4);
  record(5, 0.45, 1e-3);
  Result<std::vector<BestMeasurement>> best = database.best("cpu", "version");
  ASSERT_TRUE(best);
  std::vector<Schedule> schedules;
  for (const BestMeasurement &each : *best)
    schedules.push_back(each.measurement.schedule);
  EXPECT_EQ(schedules, (std::vector<Schedule>{schedule("winograd", 4), schedule("winograd", 2),
                                              schedule("winograd", 1)}));
  EXPECT_EQ(best->front().subject.title, "title of k");
  EXPECT_TRUE(database.best("cpu", "another version")->empty());
}

TEST(TuningDatabase, ManyProcessesWriteAtOnce) {
  TemporaryFolder folder;
  const std::string path = folder / "tuning.db";
  std::vector<pid_t> processes;
  for (int64_t writer = 0; writer < 4; ++writer)
    processes.push_back(inProcess([&] {
      TuningDatabase database = openOrDie(path);
      for (int64_t i = 0; i < 50; ++i)
        if (!database.record(subject(), measurement(schedule("direct", writer * 50 + i), 1)))
          _exit(1);
    }));
  for (pid_t process : processes)
    EXPECT_EQ(statusOf(process), 0);
  EXPECT_EQ(allOf(path, subject()).size(), 200u);
}

// One is killed in the middle of writing, again and again, while another goes on.
TEST(TuningDatabase, SurvivesKilledWriters) {
  TemporaryFolder folder;
  const std::string path = folder / "tuning.db";
  pid_t survivor = inProcess([&] {
    TuningDatabase database = openOrDie(path);
    for (int64_t i = 0; i < 300; ++i)
      if (!database.record(subject("survivor"), measurement(schedule("direct", i), 1)))
        _exit(1);
  });
  for (int64_t writer = 0; writer < 5; ++writer) {
    pid_t victim = inProcess([&] {
      TuningDatabase database = openOrDie(path);
      for (int64_t i = 0;; ++i)
        (void)database.record(subject("victim"),
                              measurement(schedule("direct", writer * 100000 + i), 1));
    });
    size_t before = allOf(path, subject("victim")).size();
    while (allOf(path, subject("victim")).size() < before + 10)
      usleep(1000);
    kill(victim, SIGKILL);
    EXPECT_TRUE(WIFSIGNALED(statusOf(victim)));
  }
  EXPECT_EQ(statusOf(survivor), 0);
  EXPECT_EQ(integrity(path), "ok");
  EXPECT_EQ(allOf(path, subject("survivor")).size(), 300u);
  EXPECT_GE(allOf(path, subject("victim")).size(), 50u);
}

// As a database that somebody else tuned, in a folder where one may only read. Root may do
// anything.
TEST(TuningDatabase, IsReadWhereOneMayNotWrite) {
  TemporaryFolder folder;
  const std::string path = folder / "tuning%20 ?.db";
  ASSERT_TRUE(openOrDie(path).record(subject(), measurement(schedule("direct", 1), 1)));
  ASSERT_EQ(chmod(folder.path.c_str(), 0555), 0);
  ASSERT_EQ(chmod(path.c_str(), 0444), 0);
  pid_t reader = inProcess([&] {
    if (geteuid() == 0 && setuid(65534) != 0)
      _exit(2);
    Result<TuningDatabase> database = TuningDatabase::open(path, TuningDatabase::Read);
    Result<std::vector<Measurement>> found = database->find(subject());
    _exit(found && found->size() == 1 ? 0 : 1);
  });
  EXPECT_EQ(statusOf(reader), 0);
  chmod(folder.path.c_str(), 0755);
}

TEST(TuningDatabase, RefusesWhatIsNoDatabase) {
  TemporaryFolder folder;
  const std::string path = folder / "tuning.db";
  std::ofstream(path) << "These are notes on tuning, a thousand bytes or more of them."
                      << std::string(2000, '.');
  Result<TuningDatabase> database = TuningDatabase::open(path, TuningDatabase::Write);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error(),
            "the tuning database " + path + " can not be used: file is not a database");
}

TEST(TuningDatabase, RefusesSomebodyElsesDatabase) {
  TemporaryFolder folder;
  const std::string path = folder / "tuning.db";
  sqlite3 *handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  sqlite3_exec(handle, "CREATE TABLE songs (title)", nullptr, nullptr, nullptr);
  sqlite3_close(handle);
  Result<TuningDatabase> database = TuningDatabase::open(path, TuningDatabase::Write);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error(),
            "the tuning database " + path + " is not one of this version of cnnc");
}

} // namespace cnnc
