// What `.cnn` text means, construct by construct.
#include "tests/frontend/cnn/Reading.h"

#include <gmock/gmock.h>

using namespace cnnc::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace cnnc {

/// The attribute of the only op of that name, as text.
static std::string attribute(const Reading &reading, const std::string &word,
                             const std::string &name) {
  EXPECT_TRUE(reading.succeeded()) << reading.messages;
  if (!reading.succeeded() || reading.ops(word).size() != 1)
    return "";
  std::string text;
  llvm::raw_string_ostream(text) << reading.ops(word)[0]->getAttr(name);
  return text;
}

static std::string typeOfResult(const Reading &reading) {
  EXPECT_TRUE(reading.succeeded()) << reading.messages;
  return reading.succeeded() ? cnn::toString(getOutputs(reading.network())[0].type) : "";
}

TEST(Language, APipeOfLayersIsANetwork) {
  Reading lines(R"(
    # are the lines in this picture vertical (0) or horizontal (1)?
    network lines(x: f32[N, 1, H, W]) -> f32[N, 2] {
      return x -> conv(2, 9x9, pad: same) -> relu -> global_avg_pool -> linear(2) -> softmax
    })");
  ASSERT_TRUE(lines.succeeded()) << lines.messages;
  EXPECT_EQ(lines.network().getName(), "lines");
  EXPECT_THAT(lines.parameterNames(),
              ElementsAre("conv.filter", "conv.bias", "linear.weight", "linear.bias"));
  EXPECT_EQ(typeOfResult(lines), "s0x2");
}

TEST(Language, CallsAndPipesAreTheSame) {
  EXPECT_EQ(Reading(network("return relu(conv(x, 8, 3x3))")).print(),
            Reading(network("return x -> conv(8, 3x3) -> relu")).print());
}

TEST(Language, ValuesAreNamedAndNamedAgain) {
  Reading reading(network("y = x -> relu  y = y + x  return y -> tanh"));
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_THAT(reading.print(), HasSubstr("cnn.add %0, %arg0"));
}

TEST(Language, ArithmeticOnTensorsIsOps) {
  Reading reading(network("return (127 - x) / 128 * x + -x"));
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_THAT(reading.print(), HasSubstr("cnn.constant dense<1.270000e+02> : tensor<f32>"));
  for (const char *word : {"sub", "div", "mul", "add", "neg"})
    EXPECT_EQ(reading.ops(word).size(), 1u) << word;
}

TEST(Language, NumbersStandForTensorsInCallsToo) {
  EXPECT_THAT(Reading(network("return x -> sub(127)")).print(), HasSubstr("cnn.sub %arg0, %0"));
  EXPECT_THAT(Reading(network("return sub(127, x)")).print(), HasSubstr("cnn.sub %0, %arg0"));
}

TEST(Language, WholeNumbersStayWhole) {
  // 7 // 2 + 6 / 2 - 7 % 4 = 3 + 3 - 3
  EXPECT_EQ(typeOfResult(Reading(network("return x -> conv(7 // 2 + 6 / 2 - 7 % 4, 1)"))),
            "1x3x8x8");
  EXPECT_EQ(typeOfResult(Reading(network("return x -> conv(-7 // 2 + 8, 1)"))), "1x4x8x8");
}

TEST(Language, ConditionsChooseLayers) {
  auto text = [](int stride) {
    return "block b(x, stride) {\n"
           "  if stride == 1 { return x } else if stride == 2 or stride == 3 and yes {\n"
           "    x = x -> max_pool(2)\n"
           "  } else { x = x -> avg_pool(4) }\n"
           "  return x -> relu\n"
           "}\n" +
           network("return x -> b(" + std::to_string(stride) + ")");
  };
  EXPECT_EQ(typeOfResult(Reading(text(1))), "1x3x8x8");
  EXPECT_EQ(typeOfResult(Reading(text(2))), "1x3x4x4");
  EXPECT_EQ(typeOfResult(Reading(text(4))), "1x3x2x2");
}

TEST(Language, WhatTheFirstConditionDecidesTheSecondNeedNotAnswer) {
  EXPECT_EQ(typeOfResult(Reading(network("if rank(x) > 4 and size(x, 4) == 1 { x = x -> relu }\n"
                                         "return x"))),
            "1x3x8x8");
}

TEST(Language, RepeatRunsItsBodySeveralTimes) {
  Reading reading(network("repeat 3 { x = x -> relu } return x"));
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_EQ(reading.ops("relu").size(), 3u);
}

TEST(Language, BlocksHaveParametersAndFallbacks) {
  std::string block = "block b(x, channels, kernel = 3x3, pad = same) {\n"
                      "  return x -> conv(channels, kernel, pad: pad)\n}\n";
  EXPECT_EQ(typeOfResult(Reading(block + network("return x -> b(5)"))), "1x5x8x8");
  EXPECT_EQ(typeOfResult(Reading(block + network("return b(pad: valid, x: x, channels: 5)"))),
            "1x5x6x6");
  EXPECT_EQ(typeOfResult(Reading(block + network("return x -> b(5, 1x3, pad: full)"))), "1x5x8x10");
}

TEST(Language, BlocksReturnSeveralValues) {
  Reading reading("block pair(x) { return x -> relu, x -> tanh }\n" +
                  network("a, b = pair(x)\nreturn a * b"));
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_THAT(reading.print(), HasSubstr("cnn.mul %0, %1"));
}

TEST(Language, BlocksAreImported) {
  std::string path = writeText("blocks.cnn", "block double(x) { return x + x }\n");
  std::string name = path.substr(path.rfind('/') + 1);
  Reading reading("import \"" + name + "\"\n" + network("return x -> double"));
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_EQ(reading.ops("add").size(), 1u);
}

TEST(Language, ParametersCanBeGivenAsTensors) {
  Reading reading("network f(x: f32[1, 1, 8, 8]) {\n"
                  "  laplace = tensor([[[[0, -1, 0], [-1, 4, -1], [0, -1, 0]]]])\n"
                  "  return x -> true_conv(laplace, pad: same)\n}\n");
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_EQ(typeOfResult(reading), "1x1x8x8");
  EXPECT_TRUE(reading.parameterNames().empty());
}

TEST(Language, DimsCountFromTheEnd) {
  EXPECT_EQ(attribute(Reading(network("return x -> softmax(axis: -1)")), "softmax", "axis"),
            "3 : i64");
  EXPECT_EQ(attribute(Reading(network("return x -> reduce_mean([-1, 2])")), "reduce_mean", "axes"),
            "array<i64: 2, 3>");
}

TEST(Language, ReshapeComputesOneSize) {
  EXPECT_EQ(typeOfResult(Reading(network("return x -> reshape([1, -1])"))), "1x192");
  EXPECT_EQ(typeOfResult(Reading("network f(x: f32[N, 3, H, 8]) {\n"
                                 "  return x -> reshape([N, 4, -1])\n}\n")),
            "s0x4x(s1 * 6)");
}

TEST(Language, SpaceIsResizedByAFactorOrToATensor) {
  EXPECT_EQ(typeOfResult(Reading(network("return x -> resize(2)"))), "1x3x16x16");
  EXPECT_EQ(typeOfResult(Reading(network("return x -> resize(3x1, divisor: 2x1, mode: linear)"))),
            "1x3x12x8");
  EXPECT_EQ(typeOfResult(Reading(network("return x -> max_pool(2) -> resize_like(x)"))), "1x3x8x8");
}

TEST(Language, TransposedConvolutionsEnlarge) {
  EXPECT_EQ(typeOfResult(Reading(network("return x -> conv_transpose(4, 2x2, stride: 2)"))),
            "1x4x16x16");
  // 2 * 7 + 3 - 2 + 1
  std::string odd = "return x -> conv_transpose(4, 3x3, stride: 2, pad: 1, output_padding: 1)";
  EXPECT_EQ(typeOfResult(Reading(network(odd))), "1x4x16x16");
  std::string same = "return x -> conv_transpose(4, 3x3, stride: 2, pad: same)";
  EXPECT_EQ(typeOfResult(Reading(network(same))), "1x4x16x16");
}

TEST(Language, ConcatTakesAnyNumberOfTensors) {
  EXPECT_EQ(typeOfResult(Reading(network("return concat(x, x, x)"))), "1x9x8x8");
  EXPECT_EQ(typeOfResult(Reading(network("return x -> concat(x, axis: 2)"))), "1x3x16x8");
}

//===-- Windows -------------------------------------------------------------===//

static std::string pads(const std::string &call) {
  return attribute(Reading(network("return x -> " + call)), "conv", "pads");
}

TEST(Padding, NumbersAreSymmetricOrPerSide) {
  EXPECT_EQ(pads("conv(4, 3x3, pad: 2)"), "array<i64: 2, 2, 2, 2>");
  EXPECT_EQ(pads("conv(4, 3x3, pad: 1x2)"), "array<i64: 1, 2, 1, 2>");
  EXPECT_EQ(pads("conv(4, 3x3, pad: [1, 2, 3, 4])"), "array<i64: 1, 2, 3, 4>");
}

TEST(Padding, NamesMeanNumbersWithoutStride) {
  EXPECT_EQ(pads("conv(4, 5x3, pad: same)"), "array<i64: 2, 1, 2, 1>");
  EXPECT_EQ(pads("conv(4, 3x3, pad: same, dilation: 2)"), "array<i64: 2, 2, 2, 2>");
  EXPECT_EQ(pads("conv(4, 4x2, pad: same)"), "array<i64: 1, 0, 2, 1>");
  EXPECT_EQ(pads("conv(4, 4x2, pad: same_lower)"), "array<i64: 2, 1, 1, 0>");
  EXPECT_EQ(pads("conv(4, 3x3, pad: full, dilation: 1x2)"), "array<i64: 2, 4, 2, 4>");
  EXPECT_EQ(pads("conv(4, 3x3, pad: valid)"), "array<i64: 0, 0, 0, 0>");
}

TEST(Padding, SameUnderAStrideFollowsFromTheInput) {
  Reading reading(network("return x -> conv(4, 3x3, stride: 2, pad: same)"));
  EXPECT_EQ(attribute(reading, "conv", "auto_pad"), "\"same\"");
  EXPECT_EQ(attribute(reading, "conv", "pads"), "array<i64: 0, 0, 0, 0>");
  EXPECT_EQ(typeOfResult(reading), "1x4x4x4");
}

TEST(Windows, AStrideIsTheKernelOfAPool) {
  EXPECT_EQ(attribute(Reading(network("return x -> max_pool(2x4)")), "max_pool", "strides"),
            "array<i64: 2, 4>");
}

TEST(Windows, WorkInOneAndThreeDims) {
  EXPECT_EQ(typeOfResult(Reading("network f(x: f32[1, 2, 9]) { return x -> conv(4, 3) }")),
            "1x4x7");
  EXPECT_EQ(typeOfResult(Reading("network f(x: f32[1, 2, 9, 9, 9]) {\n"
                                 "  return x -> conv(4, 3x1x3, groups: 2)\n}\n")),
            "1x4x7x9x7");
}

} // namespace cnnc
