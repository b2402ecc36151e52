#include "compiler/tuner/KernelKey.h"

#include "tests/tuner/Examples.h"

#include <gtest/gtest.h>

#include <set>

namespace cnnc {

TEST(KernelKey, TellsApartWhatIsMeasuredApart) {
  TuningProblem problem = additionProblem(8);
  const std::string key = kernelKey(problem.spec, {5, 7});
  EXPECT_EQ(key.size(), 32u);
  EXPECT_NE(key, kernelKey(problem.spec, {7, 5}));
  EXPECT_NE(key, kernelKey(additionProblem(9).spec, {5, 7}));
  KernelSpec other = problem.spec;
  other.outputLayout = Layout::RowMajor;
  EXPECT_NE(key, kernelKey(other, {5, 7}));
  other = problem.spec;
  other.target.name = "another";
  EXPECT_NE(key, kernelKey(other, {5, 7}));
}

TEST(KernelKey, IsTheSameForEverySchedule) {
  KernelSpec spec = additionProblem(8).spec;
  const std::string key = kernelKey(spec, {5, 7});
  spec.schedule = {"direct", {{"columns", 3}}};
  EXPECT_EQ(key, kernelKey(spec, {5, 7}));
}

TEST(KernelKey, HasATitle) {
  EXPECT_EQ(kernelTitle(additionProblem(8).spec, {5, 7}), "add 1x8x5x7 by 1x8x5x7");
}

// A convolution of 3x3 has Winograd's algorithms, which round more.
TEST(AllowedSchedules, AddNoMoreErrorThanTheyMay) {
  using Ints = std::vector<int64_t>;
  KernelSpec spec;
  TensorDescription map = {ElementType::F32, {1, 64, -1, -2}};
  spec.graph.inputs = {map, {ElementType::F32, {64, 64, 3, 3}}};
  spec.graph.ops = {{"conv",
                     {0, 1},
                     {{"strides", Ints{1, 1}},
                      {"dilations", Ints{1, 1}},
                      {"pads", Ints{1, 1, 1, 1}},
                      {"auto_pad", std::string("explicit")},
                      {"groups", int64_t(1)}},
                     map}};
  spec.layouts = {Layout::ChannelsLast, Layout::Packed};
  spec.isWeight = {false, true};
  spec.outputLayout = Layout::ChannelsLast;
  spec.target = *findTarget("x86-64-avx2");
  auto algorithms = [&](double error) {
    std::set<std::string> names;
    for (const Schedule &schedule : scheduleSpace(atSizes(spec, {56, 56}), error))
      names.insert(schedule.algorithm);
    return names;
  };
  EXPECT_EQ(algorithms(0).count("winograd"), 0u);
  EXPECT_EQ(algorithms(0).count("direct"), 1u);
  EXPECT_EQ(algorithms(1e-3).count("winograd"), 1u);
  size_t fine = scheduleSpace(atSizes(spec, {56, 56}), 1e-6).size();
  EXPECT_LT(fine, scheduleSpace(atSizes(spec, {56, 56}), 1e-3).size());
  EXPECT_EQ(scheduleSpace(atSizes(spec, {56, 56}), 1e-3).front().algorithm, "winograd");
}

TEST(ScheduleText, IsReadBack) {
  Schedule schedule = {"direct", {{"rows", 12}, {"columns", -3}}};
  EXPECT_EQ(toText(schedule), "direct columns=-3 rows=12");
  EXPECT_EQ(parseSchedule(toText(schedule)), schedule);
  EXPECT_EQ(parseSchedule("row"), (Schedule{"row", {}}));
}

TEST(ScheduleText, IsNothingElse) {
  for (const char *text : {"", "direct columns", "direct columns=", "direct =3",
                           "direct  columns=3", "direct rows=1 columns=3", "direct columns=3x",
                           "direct columns=3 ", "direct columns=99999999999999999999"})
    EXPECT_FALSE(parseSchedule(text)) << text;
}

} // namespace cnnc
