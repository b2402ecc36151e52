// The parameters of layers: their names, and where their numbers come from.
#include "compiler/frontend/SeededValues.h"
#include "compiler/support/TensorFile.h"
#include "dialects/cnn/Values.h"
#include "tests/frontend/cnn/Reading.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

using namespace cnnc::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace cnnc {

//===-- Names ---------------------------------------------------------------===//

// The structure of EfficientNet, small.
static const char *const efficientNet = R"(
  block conv_norm(x, channels, kernel, stride = 1, groups = 1, activate = yes) {
    x = x -> conv(channels, kernel, stride: stride, pad: same, groups: groups, bias: no) -> batch_norm
    if activate { x = x -> clip(0, 6) }
    return x
  }
  block mbconv(x, channels, expand, stride = 1) {
    y = x
    if expand != 1 { y = y -> widen: conv_norm(channels(x) * expand, 1x1) }
    y = y -> depthwise: conv_norm(channels(y), 3x3, stride, groups: channels(y))
          -> narrow: conv_norm(channels, 1x1, activate: no)
    if stride == 1 and channels(x) == channels { y = x + y }
    return y
  }
  block stage(x, depth, channels, expand, stride) {
    x = x -> mbconv(channels, expand, stride)
    repeat depth - 1 { x = x -> mbconv(channels, expand) }
    return x
  }
  network small(image: f32[N, H, W, 3]) -> f32[N, 10] {
    return image -> stem: conv_norm(4, 3x3, stride: 2)
        -> stage(1, 4, 1, 1) -> stage(2, 8, 2, 2)
        -> head: conv_norm(16, 1x1) -> global_avg_pool -> classifier: linear(10)
  }
)";

TEST(ParameterNames, FollowThePathOfBlocks) {
  Reading reading(efficientNet);
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  std::vector<std::string> filters;
  for (const std::string &name : reading.parameterNames())
    if (name.find("batch_norm") == std::string::npos)
      filters.push_back(name);
  EXPECT_THAT(filters,
              ElementsAre("stem.conv.filter", "stage.mbconv.depthwise.conv.filter",
                          "stage.mbconv.narrow.conv.filter", "stage_2.mbconv.widen.conv.filter",
                          "stage_2.mbconv.depthwise.conv.filter",
                          "stage_2.mbconv.narrow.conv.filter", "stage_2.mbconv_2.widen.conv.filter",
                          "stage_2.mbconv_2.depthwise.conv.filter",
                          "stage_2.mbconv_2.narrow.conv.filter", "head.conv.filter",
                          "classifier.weight", "classifier.bias"));
}

TEST(ParameterNames, OnlyLayersWithParametersCount) {
  Reading reading(
      network("w = tensor([[[[1]], [[1]], [[1]]]])\n"
              "return x -> conv(w) -> relu -> conv(4, 1) -> relu -> conv(4, 1, bias: no)"));
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_THAT(reading.parameterNames(), ElementsAre("conv.filter", "conv.bias", "conv_2.filter"));
}

TEST(ParameterNames, ALabelInARepeatIsNumbered) {
  Reading reading(network("repeat 2 { x = x -> mix: conv(3, 1, bias: no) } return x"));
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_THAT(reading.parameterNames(), ElementsAre("mix.filter", "mix_2.filter"));
}

TEST(ParameterNames, ALayerIsItsOpsLocation) {
  Reading reading(network("return x -> stem: conv(4, 1)"));
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  auto location = mlir::dyn_cast<mlir::NameLoc>(reading.ops("conv")[0]->getLoc());
  ASSERT_TRUE(location);
  EXPECT_EQ(location.getName(), "stem");
}

//===-- Values --------------------------------------------------------------===//

static std::vector<float> valuesOf(mlir::Operation *constant) {
  std::vector<float> storage;
  return cnn::getValues(mlir::cast<cnn::Constant>(constant).getValue(), storage).vec();
}

TEST(SeededParameters, DoNotDependOnTheOrderOfLayers) {
  Reading first(network("return x -> a: conv(4, 3x3, bias: no) -> b: conv(5, 3x3, bias: no)"));
  Reading second("network f(x: f32[1, 4, 8, 8], z: f32[1, 3, 8, 8]) -> (p, q) {\n"
                 "  p = x -> b: conv(5, 3x3, bias: no)\n"
                 "  return p, z -> a: conv(4, 3x3, bias: no)\n}\n");
  ASSERT_TRUE(first.succeeded() && second.succeeded()) << first.messages << second.messages;
  EXPECT_EQ(valuesOf(first.ops("constant")[0]), valuesOf(second.ops("constant")[1]));
  EXPECT_EQ(valuesOf(first.ops("constant")[1]), valuesOf(second.ops("constant")[0]));
}

TEST(SeededParameters, DependOnTheSeed) {
  ReadOptions other;
  other.seed = 1;
  std::string text = network("return x -> conv(4, 3x3)");
  EXPECT_NE(valuesOf(Reading(text).ops("constant")[0]),
            valuesOf(Reading(text, other).ops("constant")[0]));
}

TEST(SeededParameters, AreNormalOfHesDeviation) {
  constexpr int64_t count = 100000;
  std::vector<float> values = seededNormal(7, "conv.filter", count, 0.5);
  double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double square = 0, within = 0;
  for (float value : values) {
    square += value * value;
    within += std::abs(value) < 0.5;
  }
  // Four standard errors of each estimate; 68.27 % of a normal distribution lie within one
  // deviation, 68.0 % of a sum of twelve.
  EXPECT_NEAR(mean, 0, 4 * 0.5 / std::sqrt(count));
  EXPECT_NEAR(std::sqrt(square / count), 0.5, 4 * 0.5 / std::sqrt(2.0 * count));
  EXPECT_NEAR(within / count, 0.68, 4 * 0.5 / std::sqrt(count));
}

TEST(SeededParameters, AreTheSameOnEveryMachine) {
  std::vector<float> values = seededNormal(0, "conv.filter", 3, 1.0);
  EXPECT_THAT(values, ElementsAre(-60671.0f / 65536, 25229.0f / 65536, -68035.0f / 65536));
}

TEST(SeededParameters, AreEvenlyDistributedWithinTheirBound) {
  constexpr int64_t count = 100000;
  std::vector<float> values = seededUniform(7, "conv.filter", count, 0.5);
  double mean = std::accumulate(values.begin(), values.end(), 0.0) / count, square = 0;
  for (float value : values)
    square += value * value;
  EXPECT_LE(*std::max_element(values.begin(), values.end()), 0.5f);
  EXPECT_GE(*std::min_element(values.begin(), values.end()), -0.5f);
  // The deviation of such a distribution is bound / sqrt(3); its square has the deviation
  // bound^2 sqrt(4 / 45). Four standard errors.
  EXPECT_NEAR(mean, 0, 4 * 0.5 / std::sqrt(3.0 * count));
  EXPECT_NEAR(square / count, 0.25 / 3, 4 * 0.25 * std::sqrt(4.0 / 45 / count));
  EXPECT_NE(values, seededUniform(8, "conv.filter", count, 0.5));
  EXPECT_NE(values, seededUniform(7, "conv.weight", count, 0.5));
}

TEST(SeededParameters, AreOrthogonalInRowsOrColumns) {
  for (auto [rows, columns] :
       {std::pair<int64_t, int64_t>{5, 12}, {12, 5}, {9, 9}, {1, 7}, {1, 1}}) {
    std::vector<float> values = seededOrthogonal(3, "w", rows, columns, 2);
    bool byRows = rows <= columns;
    int64_t vectors = std::min(rows, columns), length = std::max(rows, columns);
    auto at = [&](int64_t vector, int64_t i) -> double {
      return values[byRows ? vector * columns + i : i * columns + vector];
    };
    for (int64_t a = 0; a < vectors; ++a)
      for (int64_t b = 0; b <= a; ++b) {
        double product = 0;
        for (int64_t i = 0; i < length; ++i)
          product += at(a, i) * at(b, i);
        // Of the gain 2, after `length` roundings of numbers that are together not larger than 2.
        EXPECT_NEAR(product, a == b ? 4 : 0, 8 * 6e-8 * std::sqrt(length))
            << rows << "x" << columns;
      }
  }
}

/// What the attribute of the first parameter of `x -> layer` says, as text.
static std::string initializerOf(const std::string &layer, const ReadOptions &options = {}) {
  Reading reading(network("return x -> " + layer), options);
  EXPECT_TRUE(reading.succeeded()) << reading.messages;
  if (!reading.succeeded())
    return "";
  auto initializer = mlir::cast<cnn::Constant>(reading.ops("constant")[0]).getInitializer();
  if (!initializer)
    return "none";
  char text[64];
  std::snprintf(text, sizeof(text), "%s %.6f",
                initializer->getAs<mlir::StringAttr>("kind").str().c_str(),
                initializer->getAs<mlir::FloatAttr>("scale").getValueAsDouble());
  return text;
}

// conv(6, 3x3) has the fan in 3 * 9 = 27 and the fan out 6 * 9 = 54.
TEST(Initializers, AreSaidWithTheirScale) {
  EXPECT_EQ(initializerOf("conv(6, 3x3)"), "he_normal 0.272166");                    // sqrt(2/27)
  EXPECT_EQ(initializerOf("conv(6, 3x3, init: he_uniform)"), "he_uniform 0.471405"); // sqrt(6/27)
  EXPECT_EQ(initializerOf("conv(6, 3x3, init: glorot_normal)"),
            "glorot_normal 0.157135"); // sqrt(2/81)
  EXPECT_EQ(initializerOf("conv(6, 3x3, init: glorot_uniform)"),
            "glorot_uniform 0.272166"); // sqrt(6/81)
  EXPECT_EQ(initializerOf("conv(6, 3x3, init: orthogonal)"), "orthogonal 1.000000");
  EXPECT_EQ(initializerOf("conv(6, 3x3, init: zeros)"), "zeros 0.000000");
  EXPECT_EQ(initializerOf("conv(6, 3x3, init: ones)"), "ones 1.000000");
  EXPECT_EQ(initializerOf("conv(6, 3x3, init: -0.25)"), "constant -0.250000");
}

TEST(Initializers, CountTheFansOfTheirLayer) {
  // 1 / 3 of the channels: fan in 9, fan out 18.
  EXPECT_EQ(initializerOf("conv(6, 3x3, groups: 3, init: glorot_uniform)"),
            "glorot_uniform 0.471405"); // sqrt(6/27)
  // Fan in 3 * 2 * 2: half of the window's elements meet an output; fan out 6 * 16.
  EXPECT_EQ(initializerOf("conv_transpose(6, 4x4, stride: 2, init: glorot_normal)"),
            "glorot_normal 0.136083"); // sqrt(2/108)
  // Fan in 8, fan out 4.
  EXPECT_EQ(initializerOf("linear(4, init: glorot_uniform)"), "glorot_uniform 0.707107");
}

TEST(Initializers, MakeTheNumbersOfTheParameter) {
  auto read = [](const std::string &layer) {
    Reading reading(network("return x -> " + layer));
    return valuesOf(reading.ops("constant")[0]);
  };
  EXPECT_EQ(read("conv(6, 3x3, init: he_uniform)"),
            seededUniform(0, "conv.filter", 162, std::sqrt(3.0) * std::sqrt(2.0 / 27)));
  EXPECT_EQ(read("conv(6, 3x3, init: orthogonal)"), seededOrthogonal(0, "conv.filter", 6, 27, 1));
  EXPECT_EQ(read("conv(6, 3x3, init: 0.5)"), std::vector<float>(162, 0.5f));
}

TEST(Initializers, AreSaidOfSeededParametersOnly) {
  ReadOptions options;
  std::string path = writeText("w.npz", "");
  std::vector<float> filter(6), bias(2);
  ASSERT_TRUE(static_cast<bool>(
      writeTensorFile(path, {{"conv.filter", StorageType::F32, {2, 3, 1, 1}, filter.data()},
                             {"conv.bias", StorageType::F32, {2}, bias.data()}})));
  options.weights = path;
  EXPECT_EQ(initializerOf("conv(2, 1)", options), "none");
}

//===-- Files ---------------------------------------------------------------===//

/// Writes conv.filter [2, 3, 1, 1] = 0, 1, 2, ... and conv.bias [2] = 7, 8.
static std::string writeWeights(const std::string &name) {
  std::string path = writeText(name, "");
  std::vector<float> filter = {0, 1, 2, 3, 4, 5}, bias = {7, 8};
  Status written =
      writeTensorFile(path, {{"conv.filter", StorageType::F32, {2, 3, 1, 1}, filter.data()},
                             {"conv.bias", StorageType::F32, {2}, bias.data()}});
  EXPECT_TRUE(static_cast<bool>(written));
  return path;
}

TEST(WeightFile, GivesParametersByName) {
  for (const char *name : {"w.safetensors", "w.npz"}) {
    ReadOptions options;
    options.weights = writeWeights(name);
    Reading reading(network("return x -> conv(2, 1)"), options);
    ASSERT_TRUE(reading.succeeded()) << reading.messages;
    EXPECT_THAT(valuesOf(reading.ops("constant")[0]), ElementsAre(0, 1, 2, 3, 4, 5));
    EXPECT_THAT(valuesOf(reading.ops("constant")[1]), ElementsAre(7, 8));
  }
}

TEST(WeightFile, IsNamedInTheTextRelativeToIt) {
  std::string path = writeWeights("w.npz");
  Reading reading("weights \"" + path.substr(path.rfind('/') + 1) + "\"\n" +
                  network("return x -> conv(2, 1)"));
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_THAT(valuesOf(reading.ops("constant")[1]), ElementsAre(7, 8));
}

TEST(WeightFile, HasEveryParameterInItsShape) {
  ReadOptions options;
  options.weights = writeWeights("w.npz");
  Reading wrongShape(network("return x -> conv(2, 3)"), options);
  EXPECT_THAT(wrongShape.messages,
              HasSubstr("'conv.filter' has shape [2, 3, 1, 1] but the layer's is [2, 3, 3, 3]"));
  Reading missing(network("return x -> cone: conv(2, 1)"), options);
  EXPECT_FALSE(missing.succeeded());
  EXPECT_THAT(missing.messages, HasSubstr("did you mean 'conv.filter'?"));
}

} // namespace cnnc
