// A 1x1 conv and the depthwise conv behind it in one kernel: the expanded map between them exists
// for the rows of a window only.
#include "tests/kernels/KernelCase.h"

#include <gtest/gtest.h>

namespace cnnc {

static constexpr Layout channelsLast = Layout::ChannelsLast;

/// How wide the map is, how the depthwise conv goes over it, what lies between the two.
struct Expansion {
  const char *name;
  int64_t inputs, channels, kernel = 3, stride = 1, dilation = 1;
  const char *activation = "clip", *autoPad = "explicit";
};

static void addActivation(KernelCase &test, const std::string &activation, const Ints &map) {
  int sum = test.lastValue();
  if (activation == "clip") {
    test.op("clip", {sum}, {{"min", 0.0}, {"max", 6.0}}, map);
    return;
  }
  test.op("sigmoid", {sum}, {}, map);
  test.op("mul", {sum, test.lastValue()}, {}, map);
}

static Attributes depthwiseAttributes(const Expansion &expansion) {
  bool isExplicit = expansion.autoPad == std::string("explicit");
  int64_t pad = isExplicit ? expansion.dilation * (expansion.kernel / 2) : 0;
  return convAttributes(2, {{"pads", Ints(4, pad)},
                            {"auto_pad", std::string(expansion.autoPad)},
                            {"strides", Ints(2, expansion.stride)},
                            {"dilations", Ints(2, expansion.dilation)},
                            {"groups", expansion.channels}});
}

/// 1x1 conv, bias, activation, depthwise conv, bias, activation, residual; the bias keeps the map's
/// border from being what the 1x1 conv makes of zeros.
static KernelCase expanded(const Expansion &expansion, const Ints &input, const Ints &map,
                           const Ints &result, Layout layout = channelsLast) {
  KernelCase test(expansion.name);
  int x = test.input(input, layout), w = test.weight({expansion.channels, expansion.inputs, 1, 1}),
      b = test.weight({expansion.channels}),
      v = test.weight({expansion.channels, 1, expansion.kernel, expansion.kernel}),
      c = test.weight({expansion.channels}), skip = test.input(result, channelsLast);
  test.op("conv", {x, w, b}, convAttributes(2), map);
  addActivation(test, expansion.activation, map);
  test.op("conv", {test.lastValue(), v, c}, depthwiseAttributes(expansion), result);
  test.anchor(test.lastValue() - skip - 1);
  addActivation(test, expansion.activation, result);
  test.op("add", {test.lastValue(), skip}, {}, result);
  return test.output(channelsLast);
}

/// N, H, W of the input are symbols, and as 3 and 4 the sizes of the result.
static KernelCase expanded(const Expansion &expansion, Layout layout = channelsLast) {
  std::vector<Ints> sizes;
  for (Ints size : {Ints{2, 19, 23}, Ints{1, 1, 1}, Ints{1, 14, 14}, Ints{3, 3, 5}}) {
    for (int64_t extent : {size[1], size[2]})
      size.push_back((extent - 1) / expansion.stride + 1);
    sizes.push_back(size);
  }
  return expanded(expansion, {-1, expansion.inputs, -2, -3}, {-1, expansion.channels, -2, -3},
                  {-1, expansion.channels, -4, -5}, layout)
      .at(sizes);
}

class Expansions : public testing::TestWithParam<Expansion> {};

TEST_P(Expansions, schedules) { expanded(GetParam()).checkSchedules(2); }

INSTANTIATE_TEST_SUITE_P(
    Forms, Expansions,
    testing::Values(Expansion{"relu6", 8, 32}, Expansion{"stride_2", 16, 48, 3, 2},
                    Expansion{"silu", 12, 24, 3, 1, 1, "silu"}, Expansion{"window_5", 8, 40, 5},
                    Expansion{"window_5_stride_2", 6, 24, 5, 2, 1, "silu"},
                    Expansion{"same", 16, 24, 3, 2, 1, "clip", "same"},
                    Expansion{"rows_between_windows", 8, 16, 3, 4},
                    Expansion{"dilated", 8, 16, 3, 1, 2}, Expansion{"window_1", 8, 16, 1, 2},
                    Expansion{"odd_channels", 5, 19}, Expansion{"few_channels", 1, 3}),
    [](const auto &info) { return info.param.name; });

TEST(Expansions, partsOfLargerTensors) {
  for (const Expansion &expansion : {Expansion{"even", 16, 48, 3, 2}, Expansion{"odd", 5, 19}})
    expanded(expansion).pitched(5).check();
}

TEST(Expansions, channelsFirst) { expanded({"row major", 3, 24}, Layout::RowMajor).check(); }

// Rows that several tasks read are computed by each, whoever runs it.
TEST(Expansions, knownSizes) {
  for (int64_t size : {7, 30}) {
    Ints map = {1, 144, size, size};
    KernelCase test = expanded({"known sizes", 24, 144}, {1, 24, size, size}, map, map);
    Schedule schedule = test.finished("x86-64-avx2").schedule;
    for (int64_t rows : {int64_t(3), size}) {
      schedule.parameters["rows"] = rows;
      schedule.parameters["parallel"] = 1;
      test.schedule(schedule).check();
    }
  }
}

// Without padding windows end where the map does.
TEST(Expansions, withoutPadding) {
  KernelCase test("valid");
  int x = test.input({1, 8, -1, -2}, channelsLast), w = test.weight({24, 8, 1, 1}),
      v = test.weight({24, 1, 3, 3});
  test.op("conv", {x, w}, convAttributes(2), {1, 24, -1, -2});
  test.op("conv", {test.lastValue(), v}, convAttributes(2, {{"groups", int64_t(24)}}),
          {1, 24, -3, -4})
      .anchor(1)
      .output(channelsLast)
      .at({{9, 23, 7, 21}, {3, 3, 1, 1}, {5, 4, 3, 2}})
      .check();
}

// The map itself is not in the scratch, only a window's rows of it.
TEST(Expansions, scratchIsAWindowOfRows) {
  for (int64_t kernel : {3, 5}) {
    CompiledKernel compiled =
        compileKernel(expanded({"scratch", 8, 32, kernel}).finished("x86-64-avx2"));
    EXPECT_EQ(compiled.sharedScratch, SizeExpr(0));
    EXPECT_EQ(compiled.workerScratch.evaluate({1, 1000, 64, 1000, 64}), kernel * 64 * 32 * 4 + 64);
  }
}

// The gain of computing a 1x1 conv to `channels` in the kernel of the depthwise one behind it.
static double gain(int64_t size, int64_t channels, int64_t stride,
                   const std::string &activation = "clip") {
  Ints map = {1, channels, size, size}, result = {1, channels, size / stride, size / stride};
  KernelCase first("1x1"), second("3x3");
  int x = first.input({1, channels / 6, size, size}, channelsLast),
      w = first.weight({channels, channels / 6, 1, 1});
  first.op("conv", {x, w}, convAttributes(2), map);
  addActivation(first.output(channelsLast), activation, map);
  int y = second.input(map, channelsLast), v = second.weight({channels, 1, 3, 3});
  second.op("conv", {y, v}, depthwiseAttributes({"3x3", 0, channels, 3, stride}), result);
  addActivation(second.output(channelsLast), activation, result);
  return fusionGain(first.finished("x86-64-avx2"), second.finished("x86-64-avx2"));
}

// What is written and read beyond the cache must weigh: not where the map stays in the cache, nor
// where so much is computed meanwhile that memory keeps up, nor where a window's rows do not stay.
TEST(Expansions, payWhereMemoryIsSlow) {
  EXPECT_GT(gain(112, 96, 2), 0);
  EXPECT_GT(gain(112, 96, 2, "silu"), 0);
  EXPECT_LE(gain(14, 384, 1), 0);
  EXPECT_LE(gain(56, 144, 1, "silu"), 0);
  EXPECT_LE(gain(448, 192, 2), 0);
}

TEST(Expansions, onlyBeforeDepthwise) {
  KernelCase test("3x3 behind 1x1");
  Ints map = {1, 24, 9, 9};
  int x = test.input(map, channelsLast), w = test.weight({24, 24, 1, 1}),
      v = test.weight({24, 24, 3, 3});
  test.op("conv", {x, w}, convAttributes(2), map);
  test.op("conv", {test.lastValue(), v}, convAttributes(2, {{"pads", Ints(4, 1)}}), map);
  test.anchor(1).output(channelsLast);
  EXPECT_THROW(compileKernel(test.finished("x86-64-avx2")), KernelError);
}

} // namespace cnnc
