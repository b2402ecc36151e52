// Resizing, by every rule of ONNX, by itself and in the kernel of the convolution behind it.
#include "tests/kernels/KernelCase.h"

#include <gtest/gtest.h>

namespace cnnc {

static constexpr Layout channelsLast = Layout::ChannelsLast, rowMajor = Layout::RowMajor;

static Attributes resizeAttributes(const std::string &mode, const std::string &coordinates,
                                   const std::string &rounding = "round_prefer_floor") {
  return {
      {"mode", mode}, {"coordinate_transformation_mode", coordinates}, {"nearest_mode", rounding}};
}

static Attributes scaled(Attributes attributes, Ints scales, Ints divisors) {
  attributes.insert({{"scales", scales}, {"divisors", divisors}});
  return attributes;
}

static const Attributes repeats = resizeAttributes("nearest", "asymmetric", "floor");

TEST(Resize, nearest) {
  for (const char *coordinates :
       {"half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"})
    for (const char *rounding : {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"})
      for (Ints divisors : {Ints{1, 1}, Ints{3, 2}}) {
        KernelCase test(std::string(coordinates) + ", " + rounding);
        int x = test.input({-1, 20, -2, -3}, channelsLast);
        int64_t half = divisors[1];
        test.op("resize", {x},
                scaled(resizeAttributes("nearest", coordinates, rounding), {2, 3}, divisors),
                {-1, 20, -4, -5})
            .output(channelsLast)
            .at({{2, 3, 5, 6 / divisors[0], 15 / half}, {1, 2, 1, 4 / divisors[0], 3 / half}})
            .check();
      }
}

TEST(Resize, linear) {
  for (const char *coordinates :
       {"half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"})
    for (Ints divisors : {Ints{1, 1}, Ints{3, 2}}) {
      KernelCase test(coordinates);
      int x = test.input({1, 20, -1, -2}, channelsLast);
      test.op("resize", {x}, scaled(resizeAttributes("linear", coordinates), {2, 3}, divisors),
              {1, 20, -3, -4})
          .output(channelsLast)
          .at({{3, 5, 6 / divisors[0], 15 / divisors[1]}, {2, 1, 4 / divisors[0], 3 / divisors[1]}})
          .check();
    }
}

TEST(Resize, anyLayoutAndNumberOfSpatialDims) {
  for (const char *mode : {"nearest", "linear"})
    for (Layout from : {channelsLast, rowMajor})
      for (Layout to : {channelsLast, rowMajor}) {
        KernelCase row("1-D"), volume("3-D");
        Attributes attributes = resizeAttributes(mode, "half_pixel");
        int x = row.input({1, 3, -1}, from);
        row.op("resize", {x}, scaled(attributes, {3}, {2}), {1, 3, -2})
            .output(to)
            .at({{1, 1}, {11, 16}})
            .check();
        x = volume.input({1, 9, 2, 3, 4}, from);
        volume.op("resize", {x}, scaled(attributes, {2, 1, 3}, {1, 1, 2}), {1, 9, 4, 3, 6})
            .output(to)
            .check();
      }
}

// A row so long that size times size is more than 32 bits hold.
TEST(Resize, longRows) {
  for (const char *mode : {"nearest", "linear"}) {
    KernelCase test(mode);
    int x = test.input({1, 1, -1}, channelsLast), like = test.input({1, 1, -2}, channelsLast);
    test.op("resize_like", {x, like}, resizeAttributes(mode, "half_pixel"), {1, 1, -2})
        .output(channelsLast)
        .at({{50000, 70001}})
        .check();
  }
}

TEST(Resize, toTheSizeOfAnotherTensor) {
  for (const char *coordinates :
       {"half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"})
    for (const char *mode : {"nearest", "linear"}) {
      KernelCase test(std::string(mode) + ", " + coordinates);
      int x = test.input({-1, 20, -2, -3}, channelsLast),
          like = test.input({-1, 3, -4, -5}, channelsLast);
      test.op("resize_like", {x, like}, resizeAttributes(mode, coordinates), {-1, 20, -4, -5})
          .output(channelsLast)
          .at({{2, 3, 5, 7, 9}, {1, 5, 7, 2, 1}, {1, 1, 1, 3, 1}})
          .check();
    }
}

/// A resize and a conv in one kernel; symbols 2 and 3 are the sizes of the larger map.
static KernelCase resizeThenConv(const std::string &name, const Attributes &attributes, Ints filter,
                                 int64_t groups = 1, int64_t stride = 1) {
  KernelCase test(name);
  int64_t channels = filter[1] * groups, pad = filter[2] / 2;
  int x = test.input({1, channels, -1, -2}, channelsLast), w = test.weight(filter),
      b = test.weight({filter[0]});
  Ints larger = {1, channels, -3, -4}, result = {1, filter[0], -3, -4};
  if (stride > 1)
    result = {1, filter[0], -5, -6};
  test.op("resize", {x}, attributes, larger);
  test.op("conv", {test.lastValue(), w, b},
          convAttributes(
              2, {{"pads", Ints(4, pad)}, {"strides", Ints(2, stride)}, {"groups", groups}}),
          result)
      .anchor(1)
      .output(channelsLast);
  return test;
}

static const Attributes twice = scaled(repeats, {2, 2}, {1, 1});

TEST(Resize, beforeAConvByEveryAlgorithm) {
  KernelCase test = resizeThenConv("twice, 3x3", twice, {24, 16, 3, 3});
  test.at({{5, 7, 10, 14}, {1, 1, 2, 2}}).checkAlgorithms({"direct", "row", "winograd"});
  test = resizeThenConv("twice, depthwise 3x3", twice, {24, 1, 3, 3}, 24);
  test.at({{5, 7, 10, 14}, {1, 1, 2, 2}}).checkAlgorithms({"depthwise", "direct", "row"});
}

TEST(Resize, beforeOtherConvs) {
  resizeThenConv("twice, 1x1", twice, {40, 24, 1, 1}).at({{5, 7, 10, 14}, {1, 1, 2, 2}}).check();
  resizeThenConv("twice, narrow groups", twice, {32, 4, 3, 3}, 8)
      .at({{5, 7, 10, 14}, {1, 1, 2, 2}})
      .check();
  resizeThenConv("3/2, 2/3, stride 2", scaled(repeats, {3, 2}, {2, 3}), {24, 16, 3, 3}, 1, 2)
      .at({{5, 7, 7, 4, 4, 2}, {1, 2, 1, 1, 1, 1}})
      .check();
}

TEST(Resize, beforeAConvReluAndPool) {
  KernelCase test("twice, abs, 3x3, relu, max_pool");
  int x = test.input({1, 16, -1, -2}, rowMajor), w = test.weight({32, 16, 3, 3});
  Ints larger = {1, 16, -3, -4}, map = {1, 32, -3, -4};
  test.op("resize", {x}, twice, larger);
  test.op("abs", {test.lastValue()}, {}, larger);
  test.op("conv", {test.lastValue(), w}, convAttributes(2, {{"pads", Ints{1, 1, 1, 1}}}), map);
  test.op("relu", {test.lastValue()}, {}, map);
  test.op("max_pool", {test.lastValue()},
          windowAttributes(
              2, {{"strides", Ints{2, 2}}, {"kernel_shape", Ints{2, 2}}, {"ceil_mode", false}}),
          {1, 32, -1, -2})
      .anchor(2)
      .output(channelsLast)
      .at({{5, 7, 10, 14}, {1, 1, 2, 2}})
      .check();
}

static void checkResizeGrad(const std::string &name, const Attributes &attributes,
                            std::vector<Ints> sizes, Layout layout = channelsLast) {
  KernelCase test(name);
  int g = test.input({2, 20, -3, -4}, layout), like = test.input({2, 20, -1, -2}, layout);
  test.op("resize_grad", {g, like}, attributes, {2, 20, -1, -2})
      .output(layout)
      .at(std::move(sizes))
      .check();
}

TEST(ResizeGrad, nearest) {
  for (const char *coordinates :
       {"half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"})
    for (const char *rounding : {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"})
      for (Ints divisors : {Ints{1, 1}, Ints{3, 2}})
        checkResizeGrad(
            std::string(coordinates) + ", " + rounding,
            scaled(resizeAttributes("nearest", coordinates, rounding), {2, 3}, divisors),
            {{3, 5, 6 / divisors[0], 15 / divisors[1]}, {2, 1, 4 / divisors[0], 3 / divisors[1]}});
}

TEST(ResizeGrad, linear) {
  for (const char *coordinates :
       {"half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"}) {
    for (Ints divisors : {Ints{1, 1}, Ints{3, 2}})
      checkResizeGrad(
          coordinates, scaled(resizeAttributes("linear", coordinates), {2, 3}, divisors),
          {{3, 5, 6 / divisors[0], 15 / divisors[1]}, {2, 1, 4 / divisors[0], 3 / divisors[1]}});
    // To sizes in any ratio, up and down.
    for (const char *mode : {"linear", "nearest"})
      checkResizeGrad(std::string(coordinates) + " like",
                      scaled(resizeAttributes(mode, coordinates), {}, {}),
                      {{3, 5, 7, 15}, {7, 6, 3, 1}, {1, 4, 5, 4}, {5, 1, 5, 9}},
                      coordinates[0] == 'a' ? rowMajor : channelsLast);
  }
}

} // namespace cnnc
