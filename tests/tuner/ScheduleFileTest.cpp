#include "compiler/tuner/ScheduleFile.h"

#include "compiler/tuner/EmbeddedSchedules.h"
#include "tests/tuner/Examples.h"

#include <gtest/gtest.h>

namespace cnnc {

static ScheduleFile example() {
  ScheduleFile file{"cpu", {}};
  for (int64_t columns : {1, 2}) {
    BestMeasurement best{subject("k" + std::to_string(columns), 3),
                         measurement(schedule("direct", columns), 0.1234567, "", 1.0 / 3)};
    best.subject.version.clear();
    file.measurements.push_back(best);
  }
  return file;
}

TEST(ScheduleFile, IsALineForEachMeasurement) {
  EXPECT_EQ(example().toText(), R"({"cpu": "cpu", "measurements": [
{"kernel":"title of k1","target":"target","key":"k1","threads":3,"schedule":"direct columns=1","microseconds":123.5,"relative":0.1235,"added_error":0.3333},
{"kernel":"title of k2","target":"target","key":"k2","threads":3,"schedule":"direct columns=2","microseconds":123.5,"relative":0.1235,"added_error":0.3333}
]}
)");
}

TEST(ScheduleFile, IsReadBackToTheSameBytes) {
  const std::string text = example().toText();
  Result<ScheduleFile> read = ScheduleFile::parse("cpu.json", text);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->toText(), text);
  EXPECT_EQ(read->measurements[1].measurement.schedule, schedule("direct", 2));
}

TEST(ScheduleFile, ErrorsNameTheFile) {
  auto errorOf = [](const std::string &text) {
    Result<ScheduleFile> file = ScheduleFile::parse("cpu.json", text);
    return file ? "none" : file.error();
  };
  EXPECT_EQ(errorOf("").rfind("cpu.json is no file of schedules: ", 0), 0u);
  EXPECT_NE(errorOf("{\"cpu\": \"x\"}").find("'measurements' not found"), std::string::npos);
  std::string text = example().toText();
  text.replace(text.find("columns=1"), 9, "columns:1");
  EXPECT_EQ(errorOf(text), "cpu.json is no file of schedules: 'direct columns:1' is no schedule");
}

TEST(ScheduleFile, AllThatShipAreReadAndNamedAfterTheirCpu) {
  for (const EmbeddedFile &file : embeddedScheduleFiles()) {
    Result<ScheduleFile> read = ScheduleFile::parse(file.name, std::string(file.content));
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->cpu + ".json", file.name);
    EXPECT_EQ(read->toText(), std::string(file.content))
        << file.name << " is not as tune writes it";
  }
}

} // namespace cnnc
