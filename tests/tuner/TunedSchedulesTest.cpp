#include "compiler/tuner/TunedSchedules.h"

#include "compiler/codegen/EmitKernels.h"
#include "tests/codegen/TemporaryFolder.h"
#include "tests/tuner/Examples.h"

#include <gtest/gtest.h>

#include <fstream>

namespace cnnc {

/// A database with a measurement of additionProblem(8) by `version`, on 2 threads.
static void fill(const std::string &path, const std::string &version) {
  TuningProblem problem = additionProblem(8);
  TuningSubject where = subject(kernelKey(problem.spec, problem.sizes), 2);
  where.version = version;
  Result<TuningDatabase> database = TuningDatabase::open(path, TuningDatabase::Write);
  ASSERT_TRUE(database) << database.error();
  ASSERT_TRUE(database->record(where, measurement(schedule("direct", 1), 1)));
  ASSERT_TRUE(database->record(where, measurement(schedule("direct", 2), 0.5)));
  ASSERT_TRUE(database->record(where, measurement(schedule("direct", 3), 0.1, "crashed")));
}

static std::vector<Schedule> findIn(const std::string &path, const std::string &cpu = "cpu",
                                    const std::vector<ScheduleFile> &shipped = {},
                                    int threads = 1) {
  TunedSchedules schedules = TunedSchedules::open({cpu, threads, path, &shipped});
  EXPECT_EQ(schedules.warning(), "");
  TuningProblem problem = additionProblem(8);
  return schedules.find(problem.spec, problem.sizes);
}

TEST(TunedSchedules, GivesWhatWorkedTheFastestFirst) {
  TemporaryFolder folder;
  fill(folder / "tuning.db", EmitOptions::kernelsVersion());
  EXPECT_EQ(findIn(folder / "tuning.db"),
            (std::vector<Schedule>{schedule("direct", 2), schedule("direct", 1)}));
  EXPECT_TRUE(findIn(folder / "tuning.db", "another cpu").empty());
}

TEST(TunedSchedules, AreOfThisCpuOfAnotherOrNone) {
  EXPECT_EQ(tuningOptions("host", 3)->cpu, hostCpu());
  EXPECT_EQ(tuningOptions("host", 3)->threads, 3);
  EXPECT_EQ(tuningOptions("another", 1)->cpu, "another");
  EXPECT_FALSE(tuningOptions("no", 1));
  EXPECT_EQ(checkTuning("no"), "");
  EXPECT_EQ(checkTuning("hosst"), "nothing was measured on a CPU 'hosst'; did you mean 'host'?");
}

TEST(TunedSchedules, TakesNothingFromOtherVersions) {
  TemporaryFolder folder;
  fill(folder / "tuning.db", "an older version");
  EXPECT_TRUE(findIn(folder / "tuning.db").empty());
}

/// What ships: for 1 and 4 threads on "cpu", for 2 on another.
static std::vector<ScheduleFile> shippedExample() {
  TuningProblem problem = additionProblem(8);
  const std::string key = kernelKey(problem.spec, problem.sizes);
  auto best = [&](int threads, int64_t columns) {
    return BestMeasurement{subject(key, threads), measurement(schedule("direct", columns), 0.5)};
  };
  return {{"other", {best(2, 20)}}, {"cpu", {best(1, 10), best(1, 11), best(4, 40)}}};
}

TEST(TunedSchedules, WhatShipsServesWhereTheDatabaseKnowsNothing) {
  const std::vector<ScheduleFile> shipped = shippedExample();
  EXPECT_EQ(findIn("", "cpu", shipped),
            (std::vector<Schedule>{schedule("direct", 10), schedule("direct", 11)}));
  EXPECT_EQ(findIn("", "cpu", shipped, 3), (std::vector<Schedule>{schedule("direct", 40)}));
  EXPECT_EQ(findIn("", "other", shipped), (std::vector<Schedule>{schedule("direct", 20)}));
  EXPECT_TRUE(findIn("", "unknown", shipped).empty());
}

TEST(TunedSchedules, TheDatabaseGoesBeforeWhatShips) {
  TemporaryFolder folder;
  fill(folder / "tuning.db", EmitOptions::kernelsVersion());
  EXPECT_EQ(findIn(folder / "tuning.db", "cpu", shippedExample()).front(), schedule("direct", 2));
}

TEST(TunedSchedules, ADatabaseThatIsNotThereKnowsNothing) {
  EXPECT_TRUE(findIn("/nowhere/tuning.db").empty());
  EXPECT_TRUE(findIn("").empty());
}

TEST(TunedSchedules, ADamagedDatabaseIsAWarning) {
  TemporaryFolder folder;
  const std::string path = folder / "tuning.db";
  fill(path, EmitOptions::kernelsVersion());
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(0, std::ios::end);
  const long size = file.tellp();
  file.seekp(100); // Behind the header: it opens, and fails when it is asked.
  file << std::string(static_cast<size_t>(size) - 100, '\x55');
  file.close();
  const std::vector<ScheduleFile> none;
  TunedSchedules schedules = TunedSchedules::open({"cpu", 1, path, &none});
  TuningProblem problem = additionProblem(8);
  EXPECT_TRUE(schedules.find(problem.spec, problem.sizes).empty());
  EXPECT_EQ(schedules.warning(),
            "the tuning database " + path + " can not be used: database disk image is malformed");
}

} // namespace cnnc
