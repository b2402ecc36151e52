// The seam itself: text, packing, errors, other CPUs, sizes of scratch, reproducibility.
#include "compiler/reference/Reference.h"
#include "tests/kernels/KernelCase.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace cnnc {

static KernelCase paddedConv(int64_t height = -1, int64_t width = -2) {
  KernelCase test("conv");
  int x = test.input({1, 16, height, width}, Layout::ChannelsLast), w = test.weight({32, 16, 3, 3});
  test.op("conv", {x, w}, convAttributes(2, {{"pads", Ints{1, 1, 1, 1}}}), {1, 32, height, width})
      .output(Layout::ChannelsLast);
  return test;
}

TEST(KernelSpec, textRoundTrips) {
  KernelSpec spec = paddedConv().finished("x86-64-avx2");
  std::string text = spec.toText();
  EXPECT_EQ(KernelSpec::fromText(text).toText(), text);
  spec.schedule.parameters["rows"] += 1;
  EXPECT_NE(spec.toText(), text);
  EXPECT_THROW(KernelSpec::fromText("{}"), KernelError);
  EXPECT_THROW(KernelSpec::fromText("no JSON"), KernelError);
}

TEST(KernelSpec, packedFilterIsAPermutationWithZeros) {
  KernelSpec spec = paddedConv().finished("x86-64-avx2");
  std::vector<float> logical(32 * 16 * 9);
  for (size_t i = 0; i < logical.size(); ++i)
    logical[i] = static_cast<float>(i + 1);
  std::vector<float> packed = packWeight(spec, 1, logical.data());
  int64_t size = 1;
  for (int64_t extent : packedShape(spec, 1))
    size *= extent;
  ASSERT_EQ(static_cast<int64_t>(packed.size()), size);
  packed.erase(std::remove(packed.begin(), packed.end(), 0.0f), packed.end());
  std::sort(packed.begin(), packed.end());
  EXPECT_EQ(packed, logical);
}

TEST(KernelSpec, errorsSayWhat) {
  KernelSpec spec = paddedConv().finished("x86-64-avx2");
  auto messageOf = [](KernelSpec broken) -> std::string {
    try {
      compileKernel(broken);
    } catch (const KernelError &error) {
      return error.what();
    }
    return "";
  };
  KernelSpec unknown = spec;
  unknown.schedule.algorithm = "magic";
  EXPECT_EQ(messageOf(unknown), "there is no schedule 'magic'");
  KernelSpec elsewhere = spec;
  elsewhere.target.halide = "abacus-linux";
  EXPECT_EQ(messageOf(elsewhere).rfind("Did not understand Halide target abacus-linux", 0), 0u);
  EXPECT_EQ(messageOf(elsewhere).find('\n'), std::string::npos);
  KernelSpec unfit = spec;
  unfit.schedule.algorithm = "pool";
  EXPECT_EQ(messageOf(unfit), "schedule 'pool' does not apply to 'conv'");
  KernelSpec incomplete = spec;
  incomplete.schedule.parameters.erase("columns");
  EXPECT_EQ(messageOf(incomplete), "schedule 'direct' needs a parameter 'columns'");
  KernelSpec anchorless = spec;
  anchorless.anchor = 7;
  EXPECT_EQ(messageOf(anchorless), "the anchor is none of the kernel's ops");
  KernelSpec strange = spec;
  strange.graph.ops[0].name = "frobnicate";
  EXPECT_NE(messageOf(strange), "");
}

TEST(KernelSpec, scratchFollowsTheImage) {
  CompiledKernel kernel = compileKernel(paddedConv().finished("x86-64-avx2"));
  SizeExpr total = kernel.sharedScratch + kernel.workerScratch;
  EXPECT_GT(total.evaluate({64, 64}), 0);
  EXPECT_GT(total.evaluate({64, 640}), total.evaluate({64, 64}));
  // A copy of a block of rows with its border, not of the image.
  EXPECT_LT(total.evaluate({1000, 64}), 16 * 4 * 66 * 100);
  CompiledKernel fixed = compileKernel(paddedConv(40, 40).finished("x86-64-avx2"));
  EXPECT_TRUE(fixed.sharedScratch.isConstant());
  EXPECT_TRUE(fixed.workerScratch.isConstant());
}

TEST(KernelSpec, convThenPoolNeverHoldsTheWholeMap) {
  KernelCase test("conv, pool");
  int x = test.input({1, 16, -1, -2}, Layout::ChannelsLast), w = test.weight({64, 16, 3, 3});
  test.op("conv", {x, w}, convAttributes(2, {{"pads", Ints{1, 1, 1, 1}}}), {1, 64, -1, -2});
  test.op("max_pool", {test.lastValue()},
          windowAttributes(2, {{"strides", Ints{2, 2}},
                               {"pads", Ints{1, 1, 1, 1}},
                               {"kernel_shape", Ints{3, 3}},
                               {"ceil_mode", false}}),
          {1, 64, -3, -4})
      .output(Layout::ChannelsLast);
  CompiledKernel kernel = compileKernel(test.finished("x86-64-avx2"));
  int64_t scratch = (kernel.sharedScratch + kernel.workerScratch).evaluate({512, 64, 256, 32});
  EXPECT_LT(scratch, 512 * 64 * 64 * 4 / 8);
}

static std::vector<Schedule> directSchedules(int64_t height, int64_t width) {
  std::vector<Schedule> space = scheduleSpace(paddedConv(height, width).finished("x86-64-avx2"), 0);
  auto isOther = [](const Schedule &schedule) { return schedule.algorithm != "direct"; };
  space.erase(std::remove_if(space.begin(), space.end(), isOther), space.end());
  return space;
}

/// The rows of those that differ from the first in nothing else.
static Ints rowsOfTheBestTile(const std::vector<Schedule> &space) {
  Ints rows;
  for (Schedule schedule : space) {
    int64_t own = std::exchange(schedule.parameters["rows"], space[0].parameters.at("rows"));
    if (schedule == space[0])
      rows.push_back(own);
  }
  return rows;
}

// The estimate first; behind all tiles half and twice as many, where the image has so many.
TEST(DirectSchedules, haveOtherRowsOfTheBestTile) {
  Ints rows = rowsOfTheBestTile(directSchedules(40, 40));
  ASSERT_GT(rows.front(), 1);
  EXPECT_EQ(rows, (Ints{rows.front(), rows.front() / 2, std::min<int64_t>(2 * rows.front(), 40)}));
  EXPECT_EQ(rowsOfTheBestTile(directSchedules(1, 40)), Ints{1});
}

TEST(DirectSchedules, areRightWithOtherRows) {
  std::vector<Schedule> space = directSchedules(40, 7);
  for (size_t i = space.size() - 2; i < space.size(); ++i)
    paddedConv(40, 7).schedule(space[i]).check();
}

TEST(KernelSpec, everyReferenceOpHasAKernelOrIsRewritten) {
  std::vector<std::string> rewritten = {"true_conv",
                                        "global_avg_pool",
                                        "global_max_pool",
                                        "flatten",
                                        "dropout",
                                        "conv_transpose",
                                        "cross_entropy",
                                        "binary_cross_entropy",
                                        "mean_squared_error",
                                        "mean_absolute_error",
                                        "huber",
                                        "dice",
                                        "normalize",
                                        "layer_norm",
                                        "group_norm",
                                        "instance_norm",
                                        "local_response_norm"};
  std::vector<std::string> kernels = opsWithKernel();
  kernels.insert(kernels.end(), rewritten.begin(), rewritten.end());
  for (const std::string &op : reference::opsWithReference())
    EXPECT_TRUE(std::count(kernels.begin(), kernels.end(), op)) << op << " has no kernel";
}

} // namespace cnnc
