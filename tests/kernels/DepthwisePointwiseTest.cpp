// A depthwise conv and the 1x1 conv behind it in one kernel: the map between them exists for a
// block of rows only.
#include "tests/kernels/KernelCase.h"

#include <gtest/gtest.h>

namespace cnnc {

static constexpr Layout channelsLast = Layout::ChannelsLast;

/// How wide the map is, how the depthwise conv goes over it, what lies between the two.
struct Pair {
  const char *name;
  int64_t channels, outputs, kernel = 3, stride = 1;
  const char *activation = "clip", *autoPad = "explicit";
};

static Ints halved(const Ints &size) { return {size[0], (size[1] + 1) / 2, (size[2] + 1) / 2}; }

/// N, H, W of the input and, as symbols 3 and 4, the sizes of the result.
static std::vector<Ints> sizesFor(const Pair &pair) {
  std::vector<Ints> all;
  for (Ints size : {Ints{2, 9, 23}, Ints{1, 1, 1}, Ints{1, 14, 14}, Ints{3, 3, 5}}) {
    Ints result = pair.stride > 1 ? halved(size) : size;
    size.insert(size.end(), {result[1], result[2]});
    all.push_back(size);
  }
  return all;
}

static void addActivation(KernelCase &test, const Pair &pair, const Ints &map) {
  int sum = test.lastValue();
  if (pair.activation == std::string("clip")) {
    test.op("clip", {sum}, {{"min", 0.0}, {"max", 6.0}}, map);
    return;
  }
  test.op("sigmoid", {sum}, {}, map);
  test.op("mul", {sum, test.lastValue()}, {}, map);
}

/// Depthwise conv, bias, activation, 1x1 conv, bias, residual.
static KernelCase depthwisePointwise(const Pair &pair) {
  KernelCase test(pair.name);
  Ints map = {-1, pair.channels, -4, -5}, result = {-1, pair.outputs, -4, -5};
  int x = test.input({-1, pair.channels, -2, -3}, channelsLast),
      w = test.weight({pair.channels, 1, pair.kernel, pair.kernel}),
      b = test.weight({pair.channels}), v = test.weight({pair.outputs, pair.channels, 1, 1}),
      c = test.weight({pair.outputs}), skip = test.input(result, channelsLast);
  bool isExplicit = pair.autoPad == std::string("explicit");
  test.op("conv", {x, w, b},
          convAttributes(2, {{"pads", Ints(4, isExplicit ? pair.kernel / 2 : 0)},
                             {"auto_pad", std::string(pair.autoPad)},
                             {"strides", Ints(2, pair.stride)},
                             {"groups", pair.channels}}),
          map);
  addActivation(test, pair, map);
  test.op("conv", {test.lastValue(), v, c}, convAttributes(2), result);
  test.anchor(test.lastValue() - skip - 1);
  test.op("add", {test.lastValue(), skip}, {}, result);
  return test.output(channelsLast).at(sizesFor(pair));
}

class DepthwisePointwise : public testing::TestWithParam<Pair> {};

TEST_P(DepthwisePointwise, schedules) { depthwisePointwise(GetParam()).checkSchedules(2); }

INSTANTIATE_TEST_SUITE_P(Forms, DepthwisePointwise,
                         testing::Values(Pair{"relu6", 32, 24}, Pair{"stride_2", 48, 16, 3, 2},
                                         Pair{"silu", 24, 32, 3, 1, "silu"},
                                         Pair{"window_5", 40, 16, 5},
                                         Pair{"window_5_stride_2", 24, 40, 5, 2, "silu"},
                                         Pair{"same", 24, 16, 3, 2, "clip", "same"},
                                         Pair{"odd_channels", 19, 13}, Pair{"few_channels", 3, 5}),
                         [](const auto &info) { return info.param.name; });

TEST(DepthwisePointwise, partsOfLargerTensors) {
  for (const Pair &pair : {Pair{"even", 48, 16, 3, 2}, Pair{"odd", 19, 13}})
    depthwisePointwise(pair).pitched(5).check();
}

// Without padding windows end where the input does: nothing behind it may be read.
TEST(DepthwisePointwise, withoutPadding) {
  KernelCase test("valid");
  int x = test.input({1, 24, -1, -2}, channelsLast), w = test.weight({24, 1, 3, 3}),
      v = test.weight({16, 24, 1, 1});
  test.op("conv", {x, w}, convAttributes(2, {{"groups", int64_t(24)}}), {1, 24, -3, -4});
  test.op("conv", {test.lastValue(), v}, convAttributes(2), {1, 16, -3, -4})
      .anchor(1)
      .output(channelsLast)
      .at({{9, 23, 7, 21}, {3, 3, 1, 1}, {5, 4, 3, 2}})
      .check();
}

// Blocks of known sizes, the last with fewer rows; tasks for threads.
TEST(DepthwisePointwise, knownSizes) {
  for (int64_t size : {7, 30}) {
    KernelCase test("known sizes");
    Ints map = {1, 144, size, size}, result = {1, 24, size, size};
    int x = test.input(map, channelsLast), w = test.weight({144, 1, 3, 3}),
        v = test.weight({24, 144, 1, 1});
    test.op("conv", {x, w}, convAttributes(2, {{"pads", Ints(4, 1)}, {"groups", int64_t(144)}}),
            map);
    test.op("relu", {test.lastValue()}, {}, map);
    test.op("conv", {test.lastValue(), v}, convAttributes(2), result)
        .anchor(2)
        .output(channelsLast)
        .check();
  }
}

// The gain of computing a depthwise conv of `channels` in the kernel of the 1x1 one behind it.
static double gain(int64_t size, int64_t channels, int64_t outputs, const std::string &target) {
  Ints map = {1, channels, size, size};
  KernelCase first("3x3"), second("1x1");
  int x = first.input(map, channelsLast), w = first.weight({channels, 1, 3, 3});
  first.op("conv", {x, w}, convAttributes(2, {{"pads", Ints(4, 1)}, {"groups", channels}}), map)
      .output(channelsLast);
  int y = second.input(map, channelsLast), v = second.weight({outputs, channels, 1, 1});
  second.op("conv", {y, v}, convAttributes(2), {1, outputs, size, size}).output(channelsLast);
  return fusionGain(first.finished(target), second.finished(target));
}

// A map larger than the cache is worth it. One that stays in the cache is not, nor rows so long
// that not one of them does, nor so many products that shorter register tiles cost more.
TEST(DepthwisePointwise, paysWhereTheMapIsLarge) {
  for (const char *target : {"x86-64-avx2", "x86-64-avx512"}) {
    EXPECT_GT(gain(112, 32, 16, target), 0) << target;
    EXPECT_GT(gain(56, 144, 24, target), 0) << target;
    EXPECT_LE(gain(7, 960, 160, target), 0) << target;
    EXPECT_LE(gain(112, 2048, 16, target), 0) << target;
  }
  EXPECT_LE(gain(13, 1024, 1024, "x86-64-avx2"), 0);
}

// The map itself is not in the scratch, only a block of its rows.
TEST(DepthwisePointwise, scratchIsABlockOfRows) {
  Pair pair{"relu6", 32, 24};
  CompiledKernel kernel = compileKernel(depthwisePointwise(pair).finished("x86-64-avx2"));
  auto bytes = [&](int64_t rows, int64_t columns) {
    return kernel.workerScratch.evaluate({1, rows, columns, rows, columns});
  };
  EXPECT_EQ(kernel.sharedScratch, SizeExpr(0));
  EXPECT_EQ(bytes(1000, 64), 4 * 64 * 32 * 4 + 64);
  EXPECT_EQ(bytes(2, 64), 2 * 64 * 32 * 4 + 64);
}

// Only what was said to work is compiled.
TEST(DepthwisePointwise, otherPairsAreRefused) {
  KernelCase test("3x3 behind a depthwise conv");
  Ints map = {1, 24, 9, 9};
  int x = test.input(map, channelsLast), w = test.weight({24, 1, 3, 3}),
      v = test.weight({24, 24, 3, 3});
  Attributes padded = convAttributes(2, {{"pads", Ints(4, 1)}}), depthwise = padded;
  depthwise["groups"] = int64_t(24);
  test.op("conv", {x, w}, depthwise, map);
  test.op("conv", {test.lastValue(), v}, padded, map).anchor(1).output(channelsLast);
  EXPECT_THROW(compileKernel(test.finished("x86-64-avx2")), KernelError);
}

} // namespace cnnc
