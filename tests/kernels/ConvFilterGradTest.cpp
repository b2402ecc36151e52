// Gradients with respect to filters, at sizes that do not suit any register tile or block.
#include "tests/kernels/KernelCase.h"

#include <gtest/gtest.h>

namespace cnnc {

static constexpr Layout channelsLast = Layout::ChannelsLast, rowMajor = Layout::RowMajor;

/// The gradient of a filter over symbolic sizes: symbol 0 is the batch, then come the sizes of the
/// input, then those of the gradient.
static KernelCase symbolicGrad(const std::string &name, Ints filter, Attributes changes,
                               int64_t groups = 1, Layout layout = channelsLast) {
  KernelCase test(name);
  int space = static_cast<int>(filter.size()) - 2;
  Ints input = {-1, filter[1] * groups}, gradient = {-1, filter[0]};
  for (int s = 0; s < space; ++s) {
    input.push_back(-2 - s);
    gradient.push_back(-2 - space - s);
  }
  int x = test.input(input, layout), dy = test.input(gradient, layout);
  changes.insert({{"kernel_shape", Ints(filter.begin() + 2, filter.end())}, {"groups", groups}});
  test.op("conv_filter_grad", {x, dy}, windowAttributes(space, changes), filter)
      .output(channelsLast);
  return test;
}

TEST(ConvFilterGrad, padded) {
  symbolicGrad("3x3", {32, 16, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}})
      .at({{1, 9, 23, 9, 23}, {3, 1, 1, 1, 1}, {2, 1, 40, 1, 40}, {5, 40, 1, 40, 1}})
      .check();
}

TEST(ConvFilterGrad, readsAndWritesRowMajor) {
  symbolicGrad("NCHW", {16, 3, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}}, 1, rowMajor)
      .output(rowMajor)
      .at({{2, 9, 23, 9, 23}, {1, 1, 1, 1, 1}})
      .check();
  symbolicGrad("1x1 NCHW", {16, 8, 1, 1}, {}, 1, rowMajor)
      .output(rowMajor)
      .at({{2, 9, 23, 9, 23}, {1, 1, 1, 1, 1}})
      .check();
}

TEST(ConvFilterGrad, stridedAndDilated) {
  symbolicGrad("3x3 stride 2", {16, 8, 3, 3}, {{"strides", Ints{2, 2}}, {"pads", Ints(4, 1)}})
      .at({{2, 14, 30, 7, 15}, {1, 1, 1, 1, 1}, {3, 13, 5, 7, 3}})
      .check();
  symbolicGrad("dilated", {16, 8, 3, 2}, {{"dilations", Ints{2, 3}}, {"pads", Ints{2, 0, 1, 3}}})
      .at({{2, 9, 11, 8, 11}, {1, 4, 2, 3, 2}})
      .check();
}

TEST(ConvFilterGrad, windowsBeyondTheInput) {
  symbolicGrad("beyond", {16, 8, 3, 3}, {{"strides", Ints{2, 2}}})
      .at({{2, 5, 6, 3, 3}, {1, 1, 1, 1, 1}})
      .check();
}

TEST(ConvFilterGrad, pointwise) {
  KernelCase test("1x1");
  int x = test.input({-1, 24, -2, -3}, channelsLast),
      dy = test.input({-1, 40, -2, -3}, channelsLast);
  test.op("conv_filter_grad", {x, dy}, convAttributes(2, {{"kernel_shape", Ints{1, 1}}}),
          {40, 24, 1, 1})
      .output(channelsLast)
      .at({{1, 1, 1}, {3, 7, 7}, {1, 3, 50}})
      .check();
}

TEST(ConvFilterGrad, fewAndOddChannels) {
  for (int64_t channels : {1, 2, 3, 6, 10, 17, 37})
    for (int64_t inputs : {1, 3, 5})
      symbolicGrad(std::to_string(inputs) + " to " + std::to_string(channels),
                   {channels, inputs, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}})
          .at({{2, 5, 9, 5, 9}})
          .check();
}

TEST(ConvFilterGrad, grouped) {
  symbolicGrad("2 groups", {32, 8, 3, 3}, {{"pads", Ints(4, 1)}}, 2)
      .at({{2, 9, 11, 9, 11}, {1, 1, 1, 1, 1}})
      .check();
  symbolicGrad("4 groups of 3", {12, 5, 3, 3}, {{"pads", Ints(4, 1)}}, 4)
      .at({{2, 9, 11, 9, 11}})
      .check();
  symbolicGrad("multiplier 2", {16, 1, 3, 3}, {{"pads", Ints(4, 1)}}, 8)
      .at({{2, 9, 11, 9, 11}})
      .check();
}

TEST(ConvFilterGrad, depthwise) {
  for (int64_t channels : {32, 24, 5, 3})
    symbolicGrad("depthwise " + std::to_string(channels), {channels, 1, 3, 3},
                 {{"pads", Ints(4, 1)}}, channels)
        .at({{2, 9, 11, 9, 11}, {1, 1, 1, 1, 1}})
        .check();
  symbolicGrad("depthwise stride 2", {16, 1, 5, 5}, {{"pads", Ints(4, 2)}, {"strides", Ints{2, 2}}},
               16)
      .at({{2, 9, 11, 5, 6}})
      .check();
}

TEST(ConvFilterGrad, anyNumberOfSpatialDims) {
  symbolicGrad("1-D", {16, 8, 5}, {{"pads", Ints{2, 2}}})
      .at({{2, 1, 1}, {3, 7, 7}, {1, 2000, 2000}})
      .check();
  symbolicGrad("3-D", {16, 4, 3, 3, 3}, {{"pads", Ints(6, 1)}})
      .at({{2, 3, 5, 9, 3, 5, 9}, {1, 1, 1, 1, 1, 1, 1}})
      .check();
}

TEST(ConvFilterGrad, staticSizes) {
  for (int64_t size : {7, 14, 40}) {
    KernelCase test("static " + std::to_string(size));
    int x = test.input({3, 32, size, size}, channelsLast),
        dy = test.input({3, 48, size, size}, channelsLast);
    test.op("conv_filter_grad", {x, dy},
            convAttributes(2, {{"kernel_shape", Ints{3, 3}}, {"pads", Ints(4, 1)}}), {48, 32, 3, 3})
        .output(channelsLast)
        .check();
  }
}

TEST(ConvFilterGrad, partsOfChannels) {
  symbolicGrad("pitched", {24, 16, 3, 3}, {{"pads", Ints(4, 1)}})
      .pitched(12)
      .at({{2, 9, 11, 9, 11}, {1, 1, 1, 1, 1}})
      .check();
}

// The step of gradient descent in the kernel: filter - rate * gradient.
TEST(ConvFilterGrad, takesElementwiseOpsBehindIt) {
  KernelCase test("descent");
  Ints filter = {24, 16, 3, 3};
  int x = test.input({-1, 16, -2, -3}, channelsLast),
      dy = test.input({-1, 24, -2, -3}, channelsLast), w = test.input(filter),
      rate = test.input({1});
  test.op("conv_filter_grad", {x, dy},
          convAttributes(2, {{"kernel_shape", Ints{3, 3}}, {"pads", Ints(4, 1)}}), filter);
  test.op("mul", {test.lastValue(), rate}, {}, filter);
  test.op("sub", {w, test.lastValue()}, {}, filter)
      .output(channelsLast)
      .at({{2, 9, 11}, {1, 1, 1}})
      .check();
}

// Sums of images and of rows, of which there are fewer than sums.
TEST(ConvFilterGrad, sharesOutBlocks) {
  for (int64_t ofRows : {0, 1})
    symbolicGrad(ofRows ? "sums of rows" : "sums of images", {16, 8, 3, 3}, {{"pads", Ints(4, 1)}})
        .schedule({"filter_grad",
                   {{"lanes", 8},
                    {"vectors", 1},
                    {"columns", 5},
                    {"rows", 2},
                    {"images", 2},
                    {"channels", 8},
                    {"inputs", 4},
                    {"sums", 3},
                    {"sums_of_rows", ofRows},
                    {"parallel", 1}}})
        .at({{1, 1, 1, 1, 1}, {2, 5, 9, 5, 9}, {9, 13, 4, 13, 4}})
        .check();
}

// As a parameter lies, where tiles have all taps of their channels.
TEST(ConvFilterGrad, writesRowMajor) {
  for (int64_t inputs : {4, 8})
    for (int64_t columns : {5, 9})
      symbolicGrad("columns " + std::to_string(columns), {20, 8, 3, 3}, {{"pads", Ints(4, 1)}})
          .output(rowMajor)
          .schedule({"filter_grad",
                     {{"lanes", 8},
                      {"vectors", 1},
                      {"columns", columns},
                      {"rows", 2},
                      {"images", 2},
                      {"channels", 8},
                      {"inputs", inputs},
                      {"sums", 1},
                      {"sums_of_rows", 0},
                      {"parallel", 1}}})
          .at({{2, 5, 9, 5, 9}, {1, 1, 1, 1, 1}})
          .check();
  symbolicGrad("5x5 of one channel", {6, 1, 5, 5}, {{"pads", Ints(4, 2)}})
      .output(rowMajor)
      .at({{2, 14, 9, 14, 9}})
      .check();
}

// Few channels: vectors along the rows.
TEST(ConvFilterGrad, rowsAgree) {
  symbolicGrad("1 to 2, 9x9", {2, 1, 9, 9}, {{"pads", Ints(4, 4)}})
      .at({{2, 9, 23, 9, 23}, {1, 1, 1, 1, 1}, {5, 20, 40, 20, 40}})
      .checkAlgorithms({"filter_grad", "filter_grad_rows"});
  symbolicGrad("3 to 5, 5x5, valid, two rows down, dilated", {5, 3, 5, 5},
               {{"strides", Ints{2, 1}}, {"dilations", Ints{1, 2}}})
      .at({{3, 11, 24, 4, 16}})
      .output(rowMajor)
      .checkAlgorithms({"filter_grad", "filter_grad_rows"});
}

TEST(ConvFilterGrad, schedulesAgree) {
  symbolicGrad("schedules", {48, 16, 3, 3}, {{"pads", Ints(4, 1)}})
      .at({{3, 9, 23, 9, 23}, {1, 1, 1, 1, 1}})
      .checkSchedules(12);
}

} // namespace cnnc
