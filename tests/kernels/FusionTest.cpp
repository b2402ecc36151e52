// Several ops in one kernel, in each of the forms that Kernel.h allows.
#include "tests/kernels/KernelCase.h"

#include <gtest/gtest.h>

namespace cnnc {

static constexpr Layout channelsLast = Layout::ChannelsLast, rowMajor = Layout::RowMajor;

TEST(Fusion, residualBlock) {
  for (int64_t kernel : {1, 3}) {
    KernelCase test("conv, bias, add, relu");
    int64_t pad = kernel / 2;
    int x = test.input({-3, 24, -1, -2}, channelsLast), w = test.weight({20, 24, kernel, kernel}),
        b = test.weight({20}), skip = test.input({-3, 20, -1, -2}, channelsLast);
    Ints result = {-3, 20, -1, -2};
    test.op("conv", {x, w, b}, convAttributes(2, {{"pads", Ints{pad, pad, pad, pad}}}), result);
    test.op("add", {test.lastValue(), skip}, {}, result);
    test.op("relu", {test.lastValue()}, {}, result)
        .output(channelsLast)
        .at({{5, 9, 1}, {1, 1, 2}, {14, 14, 1}})
        .check();
  }
}

TEST(Fusion, broadcastOperandsAfterConv) {
  KernelCase test("squeeze-excite scale");
  int x = test.input({1, 24, -1, -2}, channelsLast), w = test.weight({32, 24, 1, 1}),
      scale = test.input({1, 32, 1, 1}, channelsLast);
  Ints result = {1, 32, -1, -2};
  test.op("conv", {x, w}, convAttributes(2), result);
  test.op("mul", {test.lastValue(), scale}, {}, result)
      .output(channelsLast)
      .at({{5, 9}, {1, 1}})
      .check();
}

TEST(Fusion, batchNormAfterDepthwise) {
  KernelCase test("depthwise, batch_norm, clip");
  int x = test.input({1, 24, -1, -2}, channelsLast), w = test.weight({24, 1, 3, 3});
  Ints result = {1, 24, -1, -2};
  std::vector<int> parameters;
  for (int i = 0; i < 4; ++i)
    parameters.push_back(test.weight({24}));
  test.op("conv", {x, w}, convAttributes(2, {{"pads", Ints{1, 1, 1, 1}}, {"groups", int64_t(24)}}),
          result);
  parameters.insert(parameters.begin(), test.lastValue());
  test.op("batch_norm", parameters, {{"epsilon", 1e-3}}, result);
  test.op("clip", {test.lastValue()}, {{"min", 0.0}, {"max", 6.0}}, result)
      .output(channelsLast)
      .range(0.5, 1)
      .at({{5, 9}, {1, 1}})
      .check();
}

TEST(Fusion, opsBeforeTheConv) {
  KernelCase test("u8, scaled, conv");
  int x = test.input({1, 3, -1, -2}, rowMajor, ElementType::U8), mean = test.weight({3, 1, 1}),
      w = test.weight({16, 3, 3, 3});
  Ints picture = {1, 3, -1, -2};
  test.op("cast", {x}, {}, picture);
  test.op("sub", {test.lastValue(), mean}, {}, picture);
  test.op("conv", {test.lastValue(), w},
          convAttributes(2, {{"pads", Ints{1, 1, 1, 1}}, {"strides", Ints{2, 2}}}), {1, 16, -3, -4})
      .anchor(2)
      .output(channelsLast)
      .at({{6, 10, 3, 5}, {1, 1, 1, 1}, {15, 33, 8, 17}})
      .check();
}

// x * gate before a 1x1 conv whose pixels are one row, and before a 3x3 one, by every algorithm.
TEST(Fusion, gateBeforeTheConv) {
  for (int64_t kernel : {1, 3}) {
    KernelCase test("x * gate, " + std::to_string(kernel) + "x" + std::to_string(kernel));
    int x = test.input({-1, 24, -2, -3}, channelsLast),
        gate = test.input({-1, 24, 1, 1}, channelsLast), w = test.weight({40, 24, kernel, kernel});
    Ints pads(4, kernel / 2);
    test.op("mul", {x, gate}, {}, {-1, 24, -2, -3});
    test.op("conv", {test.lastValue(), w}, convAttributes(2, {{"pads", pads}}), {-1, 40, -2, -3})
        .anchor(1)
        .output(channelsLast)
        .at({{2, 7, 9}, {1, 1, 1}, {1, 14, 14}});
    if (kernel == 1)
      test.checkSchedules(4);
    else
      test.checkAlgorithms({"direct", "row", "winograd"});
  }
}

// Channel tiles go outermost and threads: the copy is made once, by all threads.
TEST(Fusion, opsBeforeAConvWithChannelsOuter) {
  KernelCase test("x * gate, 1x1");
  int x = test.input({1, 64, 14, 14}, channelsLast), gate = test.input({1, 64, 1, 1}, channelsLast),
      w = test.weight({96, 64, 1, 1});
  test.op("mul", {x, gate}, {}, {1, 64, 14, 14});
  test.op("conv", {test.lastValue(), w}, convAttributes(2), {1, 96, 14, 14})
      .anchor(1)
      .output(channelsLast)
      .schedule({"direct",
                 {{"lanes", 8},
                  {"vectors", 2},
                  {"columns", 4},
                  {"rows", 4},
                  {"channel_parts", 1},
                  {"channels_outer", 1},
                  {"across_groups", 0},
                  {"parallel", 1}}})
      .check();
}

static void checkConvPool(const char *op, int64_t kernel, int64_t stride, int64_t pad,
                          int64_t channels, std::vector<Ints> sizes) {
  KernelCase test(std::string("conv, relu, ") + op);
  int x = test.input({-1, 8, -2, -3}, channelsLast), w = test.weight({channels, 8, 3, 3}),
      b = test.weight({channels});
  Ints map = {-1, channels, -2, -3};
  test.op("conv", {x, w, b}, convAttributes(2, {{"pads", Ints{1, 1, 1, 1}}}), map);
  test.op("relu", {test.lastValue()}, {}, map);
  Attributes pool = windowAttributes(2, {{"strides", Ints{stride, stride}},
                                         {"pads", Ints{pad, pad, pad, pad}},
                                         {"kernel_shape", Ints{kernel, kernel}},
                                         {"ceil_mode", false}});
  if (std::string(op) == "avg_pool")
    pool["count_include_pad"] = true;
  test.op(op, {test.lastValue()}, pool, {-1, channels, -4, -5})
      .output(channelsLast)
      .at(std::move(sizes))
      .check();
}

TEST(Fusion, convThenPool) {
  for (const char *op : {"max_pool", "avg_pool"}) {
    checkConvPool(op, 2, 2, 0, 32, {{1, 8, 30, 4, 15}, {2, 3, 5, 1, 2}, {1, 2, 2, 1, 1}});
    checkConvPool(op, 3, 2, 1, 20, {{1, 8, 30, 4, 15}, {2, 3, 5, 2, 3}, {1, 1, 1, 1, 1}});
  }
}

TEST(Fusion, resnetStem) {
  KernelCase test("conv 7x7 stride 2, relu, max_pool 3x3 stride 2");
  int x = test.input({1, 3, -1, -2}, rowMajor), w = test.weight({64, 3, 7, 7});
  Ints map = {1, 64, -3, -4};
  test.op("conv", {x, w}, convAttributes(2, {{"pads", Ints{3, 3, 3, 3}}, {"strides", Ints{2, 2}}}),
          map);
  test.op("relu", {test.lastValue()}, {}, map);
  test.op("max_pool", {test.lastValue()},
          windowAttributes(2, {{"strides", Ints{2, 2}},
                               {"pads", Ints{1, 1, 1, 1}},
                               {"kernel_shape", Ints{3, 3}},
                               {"ceil_mode", false}}),
          {1, 64, -5, -6})
      .output(channelsLast)
      .at({{32, 40, 16, 20, 8, 10}, {5, 7, 3, 4, 2, 2}})
      .check();
}

TEST(Fusion, convThenAverageOverSpace) {
  KernelCase test("conv, relu, reduce_mean");
  int x = test.input({-3, 1, -1, -2}, rowMajor), w = test.weight({2, 1, 9, 9}),
      b = test.weight({2});
  Ints map = {-3, 2, -1, -2};
  test.op("conv", {x, w, b}, convAttributes(2, {{"auto_pad", std::string("same")}}), map);
  test.op("relu", {test.lastValue()}, {}, map);
  test.op("reduce_mean", {test.lastValue()}, {{"axes", Ints{2, 3}}, {"keepdims", false}}, {-3, 2})
      .at({{64, 64, 1}, {5, 7, 2}, {1, 1, 1}})
      .check();
}

// Narrow groups share vectors: their spread input has to be where the pool or the mean wants it.
TEST(Fusion, narrowGroupsThenPoolOrMean) {
  Attributes attributes = convAttributes(2, {{"pads", Ints{1, 1, 1, 1}}, {"groups", int64_t(8)}});
  Ints map = {1, 32, -1, -2};
  KernelCase pooled("8 groups of 4, max_pool");
  int x = pooled.input({1, 32, -1, -2}, channelsLast), w = pooled.weight({32, 4, 3, 3});
  pooled.op("conv", {x, w}, attributes, map);
  pooled
      .op("max_pool", {pooled.lastValue()},
          windowAttributes(2, {{"strides", Ints{2, 2}},
                               {"pads", Ints{1, 1, 1, 1}},
                               {"kernel_shape", Ints{3, 3}},
                               {"ceil_mode", false}}),
          {1, 32, -3, -4})
      .output(channelsLast)
      .at({{32, 40, 16, 20}, {5, 7, 3, 4}, {1, 1, 1, 1}})
      .check();
  KernelCase averaged("8 groups of 4, reduce_mean");
  x = averaged.input({1, 32, -1, -2}, channelsLast), w = averaged.weight({32, 4, 3, 3});
  averaged.op("conv", {x, w}, attributes, map);
  averaged
      .op("reduce_mean", {averaged.lastValue()}, {{"axes", Ints{2, 3}}, {"keepdims", false}},
          {1, 32})
      .at({{9, 13}, {1, 1}})
      .check();
}

TEST(Fusion, winogradThenPool) {
  for (int64_t outputs : {2, 4, 6}) {
    KernelCase test("F(" + std::to_string(outputs) + ", 3), relu, max_pool 2x2");
    int x = test.input({-3, 16, -1, -2}, channelsLast), w = test.weight({24, 16, 3, 3}),
        b = test.weight({24});
    Ints map = {-3, 24, -1, -2};
    test.op("conv", {x, w, b}, convAttributes(2, {{"pads", Ints{1, 1, 1, 1}}}), map);
    test.op("relu", {test.lastValue()}, {}, map);
    test.op("max_pool", {test.lastValue()},
            windowAttributes(
                2, {{"strides", Ints{2, 2}}, {"kernel_shape", Ints{2, 2}}, {"ceil_mode", false}}),
            {-3, 24, -4, -5})
        .output(channelsLast)
        .schedule(smallWinograd(outputs, outputs == 6 ? 2 : 0))
        .at({{16, 20, 1, 8, 10}, {9, 15, 2, 4, 7}, {2, 3, 1, 1, 1}})
        .check();
  }
}

TEST(Fusion, winogradInPhasesThenPool) {
  KernelCase test("F(4, 3) with stride 2, max_pool 2x2");
  int x = test.input({1, 16, -1, -2}, channelsLast), w = test.weight({24, 16, 3, 3});
  test.op("conv", {x, w}, convAttributes(2, {{"pads", Ints{1, 1, 1, 1}}, {"strides", Ints{2, 2}}}),
          {1, 24, -3, -4});
  test.op("max_pool", {test.lastValue()},
          windowAttributes(
              2, {{"strides", Ints{2, 2}}, {"kernel_shape", Ints{2, 2}}, {"ceil_mode", false}}),
          {1, 24, -5, -6})
      .output(channelsLast)
      .schedule(smallWinograd(4))
      .at({{32, 40, 16, 20, 8, 10}, {9, 15, 5, 8, 2, 4}, {3, 3, 2, 2, 1, 1}})
      .check();
}

TEST(Fusion, linearThenActivation) {
  KernelCase test("linear, relu");
  int x = test.input({-1, 40}), w = test.weight({10, 40}), b = test.weight({10});
  test.op("linear", {x, w, b}, {}, {-1, 10});
  test.op("relu", {test.lastValue()}, {}, {-1, 10}).at({{1}, {5}}).check();
}

} // namespace cnnc
