// Resizing, by every rule of ONNX.
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

} // namespace cnnc
