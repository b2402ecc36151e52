// The parameters of layers: their names, and where their numbers come from.
#include "compiler/frontend/SeededValues.h"
#include "compiler/support/TensorFile.h"
#include "dialects/cnn/Values.h"
#include "tests/frontend/cnn/Reading.h"

#include "cnnrt_generated.h"

#include <gmock/gmock.h>

#include <cmath>
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

TEST(SeededParameters, AreThoseThatTrainingBeginsWith) {
  cnnrt_initializer initializer = {};
  initializer.name = "conv.filter";
  initializer.kind = CNNRT_INIT_NORMAL;
  initializer.scale = 0.3;
  initializer.count = 1000;
  std::vector<float> values(1000);
  cnnrt_initial_values(&initializer, values.data(), 11);
  EXPECT_EQ(values, seededNormal(11, "conv.filter", 1000, 0.3));
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
