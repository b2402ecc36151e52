// Convolutions of every form, at sizes that do not suit any register tile.
#include "tests/kernels/KernelCase.h"

#include <gtest/gtest.h>

namespace cnnc {

static constexpr Layout channelsLast = Layout::ChannelsLast, rowMajor = Layout::RowMajor;

/// A conv with bias over a symbolic image; output sizes are symbols 2 and 3 where they differ.
static KernelCase symbolicConv(const std::string &name, Ints filter, Attributes changes,
                               int64_t groups = 1, bool sameSize = true,
                               Layout layout = channelsLast) {
  KernelCase test(name);
  int space = static_cast<int>(filter.size()) - 2;
  Ints inputShape = {1, filter[1] * groups}, result = {1, filter[0]};
  for (int s = 0; s < space; ++s) {
    inputShape.push_back(-1 - s);
    result.push_back(sameSize ? -1 - s : -1 - space - s);
  }
  int x = test.input(inputShape, layout), w = test.weight(filter), b = test.weight({filter[0]});
  changes.insert({"groups", groups});
  test.op("conv", {x, w, b}, convAttributes(space, changes), result).output(channelsLast);
  return test;
}

TEST(Conv, keepsItsSizeWithPadding) {
  symbolicConv("3x3", {32, 16, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}})
      .at({{9, 23}, {1, 1}, {1, 9}, {9, 1}, {2, 3}, {16, 14}, {5, 8}})
      .check();
}

TEST(Conv, readsRowMajorInput) {
  symbolicConv("3x3 NCHW", {16, 3, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}}, 1, true, rowMajor)
      .at({{9, 23}, {1, 1}, {20, 40}})
      .check();
}

TEST(Conv, strided) {
  symbolicConv("7x7 stride 2", {64, 3, 7, 7}, {{"pads", Ints{3, 3, 3, 3}}, {"strides", Ints{2, 2}}},
               1, false, rowMajor)
      .at({{14, 30, 7, 15}, {1, 1, 1, 1}, {13, 5, 7, 3}})
      .check();
  symbolicConv("1x1 stride 2", {32, 16, 1, 1}, {{"strides", Ints{2, 2}}}, 1, false)
      .at({{14, 30, 7, 15}, {1, 1, 1, 1}, {13, 5, 7, 3}})
      .check();
}

TEST(Conv, sameUnderStride) {
  for (const char *mode : {"same", "same_lower"})
    symbolicConv(mode, {16, 8, 3, 3}, {{"auto_pad", std::string(mode)}, {"strides", Ints{2, 2}}}, 1,
                 false)
        .at({{14, 30, 7, 15}, {1, 1, 1, 1}, {13, 5, 7, 3}})
        .check();
}

TEST(Conv, withoutPadding) {
  symbolicConv("3x3 valid", {16, 8, 3, 3}, {}, 1, false)
      .at({{3, 3, 1, 1}, {9, 23, 7, 21}, {4, 20, 2, 18}})
      .check();
}

TEST(Conv, pointwiseMergesPixels) {
  symbolicConv("1x1", {48, 24, 1, 1}, {}).at({{1, 1}, {7, 7}, {3, 50}}).check();
  symbolicConv("1x1 NCHW", {48, 24, 1, 1}, {}, 1, true, rowMajor).at({{1, 1}, {7, 7}}).check();
}

TEST(Conv, dilatedAndAsymmetric) {
  symbolicConv("dilated", {16, 8, 3, 3}, {{"pads", Ints{2, 2, 2, 2}}, {"dilations", Ints{2, 2}}})
      .at({{9, 11}, {1, 2}})
      .check();
  symbolicConv("1x5", {16, 8, 1, 5}, {{"pads", Ints{0, 2, 0, 2}}}).at({{3, 11}, {1, 1}}).check();
  symbolicConv("5x1", {16, 8, 5, 1}, {{"pads", Ints{2, 0, 2, 0}}}).at({{3, 11}, {1, 1}}).check();
  symbolicConv("uneven pads", {16, 8, 2, 2}, {{"pads", Ints{0, 1, 1, 0}}})
      .at({{5, 9}, {1, 1}})
      .check();
}

TEST(Conv, windowsInThePadding) {
  // Some windows cover no row of the input, or of a map of one row no more than one.
  symbolicConv("5 rows around", {16, 8, 3, 3}, {{"pads", Ints{5, 1, 4, 1}}}, 1, false)
      .at({{1, 1, 8, 1}, {2, 9, 9, 9}, {7, 7, 14, 7}})
      .check();
  symbolicConv("stride 3", {16, 8, 7, 3}, {{"pads", Ints{6, 1, 6, 1}}, {"strides", Ints{3, 1}}}, 1,
               false)
      .at({{1, 4, 3, 4}, {3, 3, 3, 3}})
      .check();
  symbolicConv("3-D", {8, 8, 3, 3, 3}, {{"pads", Ints{2, 2, 1, 3, 0, 1}}}, 1, false)
      .at({{1, 1, 3, 4, 1, 3}, {3, 2, 5, 6, 2, 5}})
      .check();
}

TEST(Conv, grouped) {
  symbolicConv("2 groups", {32, 8, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}}, 2)
      .at({{9, 11}, {1, 1}})
      .check();
  symbolicConv("4 groups of 3", {12, 5, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}}, 4)
      .at({{9, 11}, {1, 1}})
      .check();
}

TEST(Conv, depthwise) {
  for (int64_t channels : {32, 24, 5, 3})
    symbolicConv("depthwise " + std::to_string(channels), {channels, 1, 3, 3},
                 {{"pads", Ints{1, 1, 1, 1}}}, channels)
        .at({{9, 11}, {1, 1}, {2, 30}})
        .check();
  symbolicConv("depthwise stride 2", {16, 1, 5, 5},
               {{"pads", Ints{2, 2, 2, 2}}, {"strides", Ints{2, 2}}}, 16, false)
      .at({{9, 11, 5, 6}, {1, 1, 1, 1}})
      .check();
  symbolicConv("multiplier 2", {16, 1, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}}, 8)
      .at({{9, 11}, {1, 1}})
      .check();
}

TEST(Conv, fewAndOddChannels) {
  for (int64_t channels : {1, 2, 3, 10, 17, 20, 37})
    symbolicConv("to " + std::to_string(channels), {channels, 3, 3, 3},
                 {{"pads", Ints{1, 1, 1, 1}}})
        .at({{5, 9}, {1, 1}})
        .check();
}

TEST(Conv, anyNumberOfSpatialDims) {
  symbolicConv("1-D", {16, 8, 5}, {{"pads", Ints{2, 2}}}).at({{1}, {7}, {100}}).check();
  symbolicConv("3-D", {16, 4, 3, 3, 3}, {{"pads", Ints{1, 1, 1, 1, 1, 1}}})
      .at({{3, 5, 9}, {1, 1, 1}})
      .check();
}

TEST(Conv, symbolicBatch) {
  KernelCase test("batch");
  int x = test.input({-1, 8, -2, -3}, channelsLast), w = test.weight({16, 8, 3, 3});
  test.op("conv", {x, w}, convAttributes(2, {{"pads", Ints{1, 1, 1, 1}}}), {-1, 16, -2, -3})
      .output(channelsLast)
      .at({{1, 5, 9}, {3, 4, 17}})
      .check();
  KernelCase pointwise("batch 1x1");
  x = pointwise.input({-1, 8, -2, -3}, channelsLast);
  w = pointwise.weight({16, 8, 1, 1});
  pointwise.op("conv", {x, w}, convAttributes(2), {-1, 16, -2, -3})
      .output(channelsLast)
      .at({{1, 5, 9}, {3, 4, 17}})
      .check();
  for (int64_t batch : {-1, 2}) {
    KernelCase mixed("batch 1x1 NCHW");
    Ints in = batch < 0 ? Ints{-1, 8, -2, -3} : Ints{2, 8, 4, 5}, out = in;
    out[1] = 16;
    x = mixed.input(in);
    w = mixed.weight({16, 8, 1, 1});
    mixed.op("conv", {x, w}, convAttributes(2), out).output(channelsLast);
    mixed.at({batch < 0 ? Ints{3, 4, 17} : Ints{}}).check();
  }
}

TEST(Conv, staticSizes) {
  for (int64_t size : {7, 14, 10}) {
    KernelCase test("static " + std::to_string(size));
    int x = test.input({1, 32, size, size}, channelsLast), w = test.weight({64, 32, 3, 3});
    test.op("conv", {x, w}, convAttributes(2, {{"pads", Ints{1, 1, 1, 1}}}), {1, 64, size, size})
        .output(channelsLast)
        .check();
  }
}

TEST(Conv, writesRowMajor) {
  KernelCase test("to NCHW");
  int x = test.input({1, 8, -1, -2}, channelsLast), w = test.weight({20, 8, 3, 3});
  test.op("conv", {x, w}, convAttributes(2, {{"pads", Ints{1, 1, 1, 1}}}), {1, 20, -1, -2})
      .at({{5, 9}, {1, 1}})
      .check();
}

TEST(Conv, filterComputedAtRunTime) {
  KernelCase test("filter as input");
  int x = test.input({1, 8, 6, 9}, channelsLast), w = test.input({20, 8, 3, 3});
  test.op("conv", {x, w}, convAttributes(2, {{"pads", Ints{1, 1, 1, 1}}}), {1, 20, 6, 9})
      .output(channelsLast)
      .check();
}

// Every algorithm for a conv, whichever is the default.
TEST(Conv, algorithmsAgree) {
  symbolicConv("16 to 10", {10, 16, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}})
      .at({{9, 40}, {1, 1}, {3, 16}, {2, 7}})
      .checkAlgorithms({"direct", "row", "winograd"});
  symbolicConv("1 to 2, NCHW", {2, 1, 9, 9}, {{"auto_pad", std::string("same")}}, 1, true, rowMajor)
      .at({{20, 40}, {1, 1}, {9, 23}})
      .checkAlgorithms({"direct", "row"});
  symbolicConv("8 groups of 4", {32, 4, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}}, 8)
      .at({{9, 40}, {1, 1}, {3, 16}})
      .checkAlgorithms({"direct", "row"});
  symbolicConv("12 groups of 2, from 3 each", {24, 3, 3, 3}, {{"dilations", Ints{1, 2}}}, 12, false)
      .at({{9, 40, 7, 36}, {3, 5, 1, 1}})
      .checkAlgorithms({"direct", "row"});
  symbolicConv("stride 2 down", {3, 5, 3, 3}, {{"strides", Ints{2, 1}}, {"pads", Ints{1, 1, 1, 1}}},
               1, false)
      .at({{9, 40, 5, 40}, {1, 1, 1, 1}})
      .checkAlgorithms({"direct", "row"});
  symbolicConv("3 to 2, 1-D", {2, 3, 5}, {{"pads", Ints{2, 2}}})
      .at({{1}, {7}, {100}})
      .checkAlgorithms({"direct", "row"});
  symbolicConv("3 to 2, 3-D", {2, 3, 3, 3, 3}, {{"pads", Ints{1, 1, 1, 1, 1, 1}}})
      .at({{3, 5, 20}, {1, 1, 1}})
      .checkAlgorithms({"direct", "row"});
  symbolicConv("8 groups of 4, stride 2", {32, 4, 3, 3},
               {{"pads", Ints{1, 1, 1, 1}}, {"strides", Ints{2, 2}}}, 8, false)
      .at({{9, 40, 5, 20}, {1, 1, 1, 1}})
      .checkAlgorithms({"direct"});
  symbolicConv("depthwise", {24, 1, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}}, 24)
      .at({{9, 40}, {1, 1}})
      .checkAlgorithms({"depthwise", "direct", "row"});
}

TEST(Conv, winograd) {
  for (int64_t outputs : {2, 4, 6})
    for (int64_t kernel : {3, 5})
      for (int64_t tileColumns : {0, 3}) {
        if (outputs + kernel > 9)
          continue;
        int64_t pad = kernel / 2;
        symbolicConv("F(" + std::to_string(outputs) + ", " + std::to_string(kernel) + ")",
                     {24, 16, kernel, kernel}, {{"pads", Ints{pad, pad, pad, pad}}})
            .schedule(smallWinograd(outputs, tileColumns))
            .at({{9, 23}, {1, 1}, {1, 9}, {9, 1}, {16, 14}, {30, 31}})
            .check();
      }
}

// Tiles that have more rows than columns, and the reverse.
TEST(Conv, winogradWithUnevenTiles) {
  for (auto [rows, columns] : {std::pair{2, 4}, {6, 2}, {4, 6}}) {
    Schedule schedule = smallWinograd(columns, 2);
    schedule.parameters["output_rows"] = rows;
    symbolicConv("F(" + std::to_string(rows) + " x " + std::to_string(columns) + ", 3)",
                 {24, 16, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}})
        .schedule(schedule)
        .at({{9, 23}, {1, 1}, {16, 14}})
        .check();
  }
}

TEST(Conv, winogradOfOtherForms) {
  Schedule schedule{"winograd",
                    {{"output_rows", 4},
                     {"output_columns", 2},
                     {"tile_rows", 1},
                     {"tile_columns", 2},
                     {"channel_tasks", 0},
                     {"lanes", 8},
                     {"vectors", 1},
                     {"columns", 4},
                     {"parallel", 1}}};
  symbolicConv("valid", {16, 8, 3, 3}, {}, 1, false)
      .schedule(schedule)
      .at({{3, 3, 1, 1}, {9, 23, 7, 21}, {12, 10, 10, 8}})
      .check();
  symbolicConv("same", {20, 9, 3, 3}, {{"auto_pad", std::string("same")}})
      .schedule(schedule)
      .at({{9, 23}, {1, 1}})
      .check();
  symbolicConv("from NCHW, uneven pads", {16, 8, 3, 3}, {{"pads", Ints{0, 2, 1, 0}}}, 1, false,
               rowMajor)
      .schedule(schedule)
      .at({{9, 23, 8, 23}, {2, 1, 1, 1}})
      .check();
  KernelCase test("batch, residual, relu");
  Ints map = {-3, 24, -1, -2};
  int x = test.input(map, channelsLast), w = test.weight({24, 24, 3, 3}), b = test.weight({24}),
      skip = test.input(map, channelsLast);
  test.op("conv", {x, w, b}, convAttributes(2, {{"pads", Ints{1, 1, 1, 1}}}), map);
  test.op("add", {test.lastValue(), skip}, {}, map);
  test.op("relu", {test.lastValue()}, {}, map)
      .output(channelsLast)
      .schedule(schedule)
      .at({{5, 9, 1}, {1, 1, 2}, {14, 14, 3}})
      .check();
}

// A dim with a single tap is not transformed.
TEST(Conv, winogradAlongOneDim) {
  struct Form {
    Ints kernel;
    int64_t outputs;
  };
  for (const Form &form :
       {Form{{1, 3}, 6}, Form{{3, 1}, 4}, Form{{1, 7}, 2}, Form{{5, 1}, 2}, Form{{3, 5}, 2}}) {
    int64_t down = form.kernel[0] / 2, across = form.kernel[1] / 2;
    symbolicConv(
        "F(" + std::to_string(form.outputs) + ", " + ::testing::PrintToString(form.kernel) + ")",
        {24, 16, form.kernel[0], form.kernel[1]}, {{"pads", Ints{down, across, down, across}}})
        .schedule(smallWinograd(form.outputs, form.outputs == 4 ? 3 : 0))
        .at({{9, 23}, {1, 1}, {1, 9}, {9, 1}, {16, 14}})
        .check();
  }
}

// A signal is an image of one row.
TEST(Conv, winogradOfSignals) {
  for (int64_t outputs : {2, 4, 6})
    for (int64_t tileColumns : {0, 3})
      symbolicConv("1-D F(" + std::to_string(outputs) + ", 3)", {24, 16, 3}, {{"pads", Ints{1, 1}}})
          .schedule(smallWinograd(outputs, tileColumns))
          .at({{1}, {2}, {7}, {100}})
          .check();
  symbolicConv("1-D, valid, from NCW", {24, 16, 5}, {}, 1, false, rowMajor)
      .schedule(smallWinograd(4))
      .at({{5, 1}, {9, 5}, {44, 40}})
      .check();
  for (Layout layout : {channelsLast, rowMajor}) {
    KernelCase test("1-D, batch, add, relu");
    Ints map = {-2, 24, -1};
    int x = test.input(map, layout), w = test.weight({24, 24, 3}), b = test.weight({24}),
        skip = test.input(map, layout), offset = test.input({24, 1});
    test.op("conv", {x, w, b}, convAttributes(1, {{"auto_pad", std::string("same")}}), map);
    test.op("add", {test.lastValue(), skip}, {}, map);
    test.op("add", {test.lastValue(), offset}, {}, map);
    test.op("relu", {test.lastValue()}, {}, map)
        .output(layout)
        .schedule(smallWinograd(4, 2))
        .at({{9, 1}, {1, 2}, {30, 3}})
        .check();
  }
}

// Under a stride the phases of input and filter have transforms of their own.
TEST(Conv, winogradInPhases) {
  struct Form {
    int64_t outputs, kernel, stride;
  };
  for (const Form &form :
       {Form{2, 3, 2}, Form{4, 3, 2}, Form{2, 5, 2}, Form{4, 4, 2}, Form{2, 7, 2}, Form{2, 5, 3}}) {
    int64_t pad = (form.kernel - 1) / 2;
    auto outputsOf = [&](int64_t extent) {
      return (extent + 2 * pad - form.kernel) / form.stride + 1;
    };
    std::vector<Ints> sizes;
    for (const Ints &size : {Ints{9, 23}, Ints{2, 3}, Ints{16, 14}, Ints{30, 31}})
      sizes.push_back({size[0], size[1], outputsOf(size[0]), outputsOf(size[1])});
    symbolicConv("F(" + std::to_string(form.outputs) + ", " + std::to_string(form.kernel) +
                     ") stride " + std::to_string(form.stride),
                 {24, 16, form.kernel, form.kernel},
                 {{"pads", Ints{pad, pad, pad, pad}}, {"strides", Ints{form.stride, form.stride}}},
                 1, false)
        .schedule(smallWinograd(form.outputs, form.kernel == 5 ? 3 : 0))
        .at(sizes)
        .check();
  }
  symbolicConv("strides 2 and 1, same", {24, 16, 3, 3},
               {{"auto_pad", std::string("same")}, {"strides", Ints{2, 1}}}, 1, false)
      .schedule(smallWinograd(4))
      .at({{9, 40, 5, 40}, {10, 3, 5, 3}, {1, 1, 1, 1}})
      .check();
  symbolicConv("1-D stride 2", {24, 16, 3}, {{"pads", Ints{1, 1}}, {"strides", Ints{2}}}, 1, false)
      .schedule(smallWinograd(4))
      .at({{9, 5}, {1, 1}, {100, 50}})
      .check();
}

// A filter that is known only at run time is transformed in the kernel.
TEST(Conv, winogradOfFilterComputedAtRunTime) {
  struct Form {
    int64_t outputs, channels, kernel, stride;
  };
  for (const Form &form : {Form{4, 20, 3, 1}, Form{2, 24, 5, 1}, Form{4, 20, 3, 2}}) {
    KernelCase test("F(" + std::to_string(form.outputs) + ", " + std::to_string(form.kernel) +
                    ") of a filter as input");
    int64_t pad = form.kernel / 2;
    int x = test.input({2, 16, -1, -2}, channelsLast),
        w = test.input({form.channels, 16, form.kernel, form.kernel});
    test.op("conv", {x, w},
            convAttributes(2, {{"pads", Ints{pad, pad, pad, pad}},
                               {"strides", Ints{form.stride, form.stride}}}),
            {2, form.channels, form.stride == 1 ? -1 : -3, form.stride == 1 ? -2 : -4})
        .output(channelsLast)
        .schedule(smallWinograd(form.outputs))
        .at(form.stride == 1 ? std::vector<Ints>{{9, 23}, {1, 1}, {16, 14}}
                             : std::vector<Ints>{{9, 23, 5, 12}, {1, 1, 1, 1}, {16, 14, 8, 7}})
        .check();
  }
  KernelCase signal("1-D, a filter as input");
  int x = signal.input({2, 16, -1}, channelsLast), w = signal.input({24, 16, 3});
  signal.op("conv", {x, w}, convAttributes(1, {{"pads", Ints{1, 1}}}), {2, 24, -1})
      .output(channelsLast)
      .schedule(smallWinograd(4))
      .at({{1}, {40}})
      .check();
}

// The first schedule where all are exact enough.
TEST(Conv, winogradWhereItPays) {
  auto algorithm = [](Ints input, Ints filter, Ints strides) {
    KernelCase test("default");
    Ints result = {1, filter[0]}, pads;
    for (size_t s = 0; s < strides.size(); ++s) {
      pads.push_back(filter[s + 2] / 2);
      result.push_back((input[s + 2] + 2 * pads[s] - filter[s + 2]) / strides[s] + 1);
    }
    pads.insert(pads.end(), pads.begin(), pads.begin() + static_cast<long>(strides.size()));
    int x = test.input(input, channelsLast), w = test.weight(filter);
    test.op(
        "conv", {x, w},
        convAttributes(static_cast<int>(strides.size()), {{"pads", pads}, {"strides", strides}}),
        result);
    return scheduleSpace(test.output(channelsLast).finished("x86-64-avx2"), 1e-3).front().algorithm;
  };
  EXPECT_EQ(algorithm({1, 128, 56, 56}, {128, 128, 3, 3}, {2, 2}), "winograd");
  EXPECT_EQ(algorithm({1, 128, 17, 17}, {128, 128, 1, 7}, {1, 1}), "winograd");
  EXPECT_EQ(algorithm({1, 64, 4000}, {64, 64, 3}, {1}), "winograd");
  EXPECT_EQ(algorithm({1, 256, 2, 2}, {512, 256, 3, 3}, {2, 2}), "direct"); // Mostly tails.
  EXPECT_EQ(algorithm({1, 64, 28, 28}, {64, 64, 2, 2}, {2, 2}), "direct");  // Nothing is shared.
  EXPECT_EQ(algorithm({1, 64, 4000}, {64, 64, 9}, {1}), "direct");          // Too many points.
}

TEST(Conv, schedulesAgree) {
  symbolicConv("schedules", {48, 16, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}})
      .at({{9, 23}, {1, 1}})
      .checkSchedules(4);
  symbolicConv("row schedules", {6, 5, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}})
      .at({{9, 37}, {1, 1}})
      .checkSchedules(8);
  symbolicConv("narrow groups schedules", {32, 4, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}}, 8)
      .at({{9, 23}, {1, 1}})
      .checkSchedules(8);
  symbolicConv("depthwise schedules", {48, 1, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}}, 48)
      .at({{9, 23}, {1, 1}})
      .checkSchedules(4);
}

} // namespace cnnc
