// Tensors that are a part of the channels of larger ones: every algorithm reads and writes its own
// channels only, also where these, or the pixels, do not fill vectors and tiles. What lies between
// the pixels are NaNs, which must stay and must not reach a result.
#include "tests/kernels/KernelCase.h"

#include <gtest/gtest.h>

namespace cnnc {

static constexpr Layout channelsLast = Layout::ChannelsLast;

struct Form {
  const char *name;
  int64_t inputs, outputs, kernel, groups;
};

class PitchedConv : public testing::TestWithParam<Form> {};

static KernelCase pitchedConv(const Form &form, int64_t more) {
  KernelCase test(form.name);
  int64_t pad = form.kernel / 2;
  int x = test.input({2, form.inputs, -1, -2}, channelsLast),
      w = test.weight({form.outputs, form.inputs / form.groups, form.kernel, form.kernel}),
      b = test.weight({form.outputs});
  Attributes attributes =
      convAttributes(2, {{"pads", Ints{pad, pad, pad, pad}}, {"groups", form.groups}});
  test.op("conv", {x, w, b}, attributes, {2, form.outputs, -1, -2});
  test.op("relu", {test.lastValue()}, {}, {2, form.outputs, -1, -2});
  return test.output(channelsLast).pitched(more).at({{9, 23}, {1, 1}, {5, 8}});
}

TEST_P(PitchedConv, algorithms) { pitchedConv(GetParam(), 5).checkEachAlgorithm(); }

TEST_P(PitchedConv, schedules) { pitchedConv(GetParam(), 3).checkSchedules(3); }

INSTANTIATE_TEST_SUITE_P(
    Forms, PitchedConv,
    testing::Values(Form{"pointwise", 16, 32, 1, 1}, Form{"pointwise_odd", 7, 19, 1, 1},
                    Form{"window", 16, 24, 3, 1}, Form{"window_odd", 9, 13, 3, 1},
                    Form{"grouped", 32, 64, 3, 2}, Form{"narrow_groups", 32, 32, 3, 8},
                    Form{"depthwise", 24, 24, 3, 24}, Form{"depthwise_odd", 13, 13, 3, 13}),
    [](const auto &info) { return info.param.name; });

TEST(Pitch, convAndPool) {
  for (int64_t channels : {16, 21}) {
    KernelCase test("conv, max_pool");
    int x = test.input({1, channels, -1, -2}, channelsLast),
        w = test.weight({channels, channels, 3, 3});
    test.op("conv", {x, w}, convAttributes(2, {{"pads", Ints{1, 1, 1, 1}}}), {1, channels, -1, -2});
    test.op("max_pool", {test.lastValue()},
            windowAttributes(2, {{"strides", Ints{2, 2}},
                                 {"pads", Ints{1, 1, 1, 1}},
                                 {"kernel_shape", Ints{3, 3}},
                                 {"ceil_mode", false}}),
            {1, channels, -3, -4})
        .output(channelsLast)
        .pitched(7)
        .at({{8, 30, 4, 15}, {1, 1, 1, 1}})
        .check();
  }
}

TEST(Pitch, residual) {
  KernelCase test("conv, add");
  int x = test.input({1, 12, -1, -2}, channelsLast), w = test.weight({20, 12, 1, 1}),
      skip = test.input({1, 20, -1, -2}, channelsLast);
  test.op("conv", {x, w}, convAttributes(2), {1, 20, -1, -2});
  test.op("add", {test.lastValue(), skip}, {}, {1, 20, -1, -2})
      .output(channelsLast)
      .pitched(4)
      .at({{5, 9}, {1, 1}})
      .check();
}

TEST(Pitch, pool) {
  for (int64_t channels : {24, 5})
    for (const char *op : {"max_pool", "avg_pool"}) {
      KernelCase test(op);
      int x = test.input({2, channels, -1, -2}, channelsLast);
      Attributes attributes = windowAttributes(
          2, {{"strides", Ints{2, 2}}, {"kernel_shape", Ints{2, 2}}, {"ceil_mode", false}});
      if (op == std::string("avg_pool"))
        attributes["count_include_pad"] = false;
      test.op(op, {x}, attributes, {2, channels, -3, -4})
          .output(channelsLast)
          .pitched(3)
          .at({{8, 10, 4, 5}, {2, 3, 1, 1}})
          .check();
    }
}

TEST(Pitch, reduceAndSoftmax) {
  for (int64_t channels : {37, 16, 4}) {
    KernelCase mean("reduce_mean");
    int x = mean.input({-1, channels, -2, -3}, channelsLast);
    mean.op("reduce_mean", {x}, {{"axes", Ints{2, 3}}, {"keepdims", true}}, {-1, channels, 1, 1})
        .output(channelsLast)
        .pitched(2)
        .at({{2, 3, 19}, {1, 1, 1}})
        .check();
    for (int64_t axis : {1, 3}) {
      KernelCase softmax("softmax");
      x = softmax.input({2, channels, -1, -2}, channelsLast);
      softmax.op("softmax", {x}, {{"axis", axis}, {"temperature", 1.0}}, {2, channels, -1, -2})
          .output(channelsLast)
          .pitched(2)
          .at({{3, 5}, {1, 1}})
          .check();
    }
  }
}

TEST(Pitch, elementwise) {
  for (int64_t channels : {16, 21, 3}) {
    KernelCase chain("scale, shift, relu");
    Ints map = {2, channels, -1, -2};
    int x = chain.input(map, channelsLast), scale = chain.weight({channels, 1, 1}),
        shift = chain.weight({channels, 1, 1});
    chain.op("mul", {x, scale}, {}, map);
    chain.op("add", {chain.lastValue(), shift}, {}, map);
    chain.op("relu", {chain.lastValue()}, {}, map)
        .output(channelsLast)
        .pitched(3)
        .at({{5, 9}, {1, 1}})
        .check();
    KernelCase copy("cast");
    x = copy.input(map, channelsLast);
    copy.op("cast", {x}, {}, map).output(channelsLast).pitched(1).at({{5, 9}, {1, 1}}).check();
    KernelCase bytes("cast of bytes");
    x = bytes.input(map, channelsLast, ElementType::U8);
    bytes.op("cast", {x}, {}, map, ElementType::U8)
        .output(channelsLast)
        .pitched(1)
        .at({{5, 9}, {1, 1}})
        .check();
  }
}

TEST(Pitch, rows) {
  KernelCase test("linear, relu");
  int x = test.input({-1, 21}), w = test.weight({13, 21});
  test.op("linear", {x, w}, {}, {-1, 13});
  test.op("relu", {test.lastValue()}, {}, {-1, 13}).pitched(3).at({{1}, {6}}).check();
}

TEST(Pitch, ofAVolume) {
  KernelCase test("conv of three dims");
  int x = test.input({1, 6, -1, 4, 5}, channelsLast), w = test.weight({10, 6, 1, 1, 1});
  test.op("conv", {x, w}, convAttributes(3), {1, 10, -1, 4, 5})
      .output(channelsLast)
      .pitched(9)
      .at({{1}, {3}})
      .check();
}

TEST(Pitch, ofASignal) {
  KernelCase test("1-D");
  int x = test.input({2, 16, -1}, channelsLast), w = test.weight({24, 16, 3});
  test.op("conv", {x, w}, convAttributes(1, {{"pads", Ints{1, 1}}}), {2, 24, -1})
      .output(channelsLast)
      .pitched(5)
      .at({{23}, {1}})
      .checkAlgorithms({"direct", "row", "winograd"});
}

TEST(Pitch, isCheckedAndPartOfTheText) {
  KernelCase test("relu");
  int x = test.input({1, 8, 4, 4}, channelsLast);
  test.op("relu", {x}, {}, {1, 8, 4, 4}).output(channelsLast);
  KernelSpec dense = test.finished("x86-64-avx2"), zeros = dense, pitched = dense;
  zeros.pitches = {0};
  EXPECT_EQ(zeros.toText(), dense.toText());
  pitched.outputPitch = 12;
  EXPECT_NE(pitched.toText(), dense.toText());
  EXPECT_EQ(KernelSpec::fromText(pitched.toText()).outputPitch, 12);
  pitched.outputPitch = 7;
  EXPECT_THROW(compileKernel(pitched), KernelError);
  pitched.outputPitch = 12;
  pitched.outputLayout = Layout::RowMajor;
  EXPECT_THROW(compileKernel(pitched), KernelError);
}

} // namespace cnnc
