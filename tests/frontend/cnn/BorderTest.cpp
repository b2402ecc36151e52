// Types, layouts and sizes at the border of a network.
#include "tests/frontend/cnn/Reading.h"

#include <gmock/gmock.h>

using namespace cnnc::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace cnnc {

namespace {
/// A type at the border, its logical shape, and where its channels lie.
struct LayoutCase {
  const char *type;
  const char *shape;
  bool channelsLast;
};
} // namespace

class BorderLayout : public ::testing::TestWithParam<LayoutCase> {};

TEST_P(BorderLayout, FollowsFromTheNamesOfTheDims) {
  Reading reading("network f(x: " + std::string(GetParam().type) + ") { return x }\n");
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  BorderValue input = getInputs(reading.network())[0];
  EXPECT_EQ(cnn::toString(input.type), GetParam().shape);
  EXPECT_EQ(input.channelsLast, GetParam().channelsLast);
}

INSTANTIATE_TEST_SUITE_P(All, BorderLayout,
                         ::testing::Values(LayoutCase{"f32[N, 3, H, W]", "s0x3xs1xs2", false},
                                           LayoutCase{"u8[N, H, W, 3]", "s0x3xs1xs2", true},
                                           LayoutCase{"f32[1, H, W, C = 3]", "1x3xs0xs1", true},
                                           LayoutCase{"f32[1, 32, 24, C = 3]", "1x3x32x24", true},
                                           LayoutCase{"f32[1, C = 3, 32, 24]", "1x3x32x24", false},
                                           LayoutCase{"f32[1, 3, 32, 24]", "1x3x32x24", false},
                                           LayoutCase{"f32[1, T, 2]", "1x2xs0", true},
                                           LayoutCase{"f32[1, L // 1, 2, L]", "1xs0x2xs0", false},
                                           LayoutCase{"f32[N, D, H, W, 4]", "s0x4xs1xs2xs3", true},
                                           LayoutCase{"f32[N, H, W]", "s0xs1xs2", false},
                                           LayoutCase{"f32[N, 10]", "s0x10", false},
                                           LayoutCase{"f32[H, W]", "s0xs1", false}),
                         [](const auto &info) { return "Case" + std::to_string(info.index); });

TEST(Border, SizesAreNamedInOrderOfAppearance) {
  Reading reading("network f(x: f32[N, 3, H ~ 256, W], z: f32[N, K, 8]) { return x }\n");
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_THAT(getSizeNames(reading.network()), ElementsAre("N", "H", "W", "K"));
  EXPECT_THAT(getTypicalSizes(reading.network()), ElementsAre(1, 256, 224, 224));
}

TEST(Border, OptionsFixSizesAndSayWhatIsTypical) {
  ReadOptions options;
  options.sizes = {{"H", 32}};
  options.typical = {{"W", 48}};
  Reading reading("network f(x: f32[N, 3, H, W]) { return x }\n", options);
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_EQ(cnn::toString(getInputs(reading.network())[0].type), "s0x3x32xs1");
  EXPECT_THAT(getSizeNames(reading.network()), ElementsAre("N", "W"));
  EXPECT_THAT(getTypicalSizes(reading.network()), ElementsAre(1, 48));
}

TEST(Border, OptionsRenameSizes) {
  ReadOptions options;
  options.renames = {{"H", "height"}};
  options.typical = {{"height", 48}};
  Reading reading("network f(x: f32[1, 3, H, W]) -> f32[1, 3, H, W] { return x }\n", options);
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_THAT(getSizeNames(reading.network()), ElementsAre("height", "W"));
  EXPECT_THAT(getTypicalSizes(reading.network()), ElementsAre(48, 224));
}

TEST(Border, UnknownSizesInOptionsAreErrors) {
  ReadOptions options;
  options.sizes = {{"K", 32}};
  Reading reading("network f(x: f32[N, 3, H, W]) { return x }\n", options);
  EXPECT_FALSE(reading.succeeded());
  EXPECT_THAT(reading.messages,
              HasSubstr("a size is given for 'K', which is no size of the network"));
}

TEST(Border, SizesOfOptionsArePositive) {
  ReadOptions options;
  options.sizes = {{"H", 0}};
  Reading reading("network f(x: f32[N, 3, H, W]) { return x }\n", options);
  EXPECT_THAT(reading.messages, HasSubstr("a size H = 0 must be from 1 to 2147483647"));
}

TEST(Border, AnInputMayHaveSizesOfAnother) {
  Reading reading("network f(x: f32[N, 3, H, W], z: f32[N, 3, H // 2, W // 2]) {\n"
                  "  return (x -> max_pool(2)) + z\n}\n");
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
}

TEST(Border, OutputsAreNamedAndLaidOut) {
  Reading reading("network f(x: f32[N, 3, H, W]) -> (small: f32[N, H // 4, W // 4, 3], sum) {\n"
                  "  return x -> max_pool(2) -> max_pool(2), x + x\n}\n");
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  std::vector<BorderValue> outputs = getOutputs(reading.network());
  ASSERT_EQ(outputs.size(), 2u);
  EXPECT_EQ(outputs[0].name, "small");
  EXPECT_TRUE(outputs[0].channelsLast);
  EXPECT_EQ(outputs[1].name, "sum");
  EXPECT_FALSE(outputs[1].channelsLast);
}

TEST(Border, AnOutputWithoutNameIsCalledYOrOutput) {
  Reading reading("network f(x: f32[1, 3]) { return x }\n");
  EXPECT_EQ(getOutputs(reading.network())[0].name, "y");
  Reading other("network f(y: f32[1, 3]) { return y }\n");
  EXPECT_EQ(getOutputs(other.network())[0].name, "output");
}

TEST(Border, AnOutputNeedNotSayEverySize) {
  Reading reading("network f(x: f32[N, 3, H, W]) -> f32[N, 4, _, _] {\n"
                  "  return x -> conv(4, 3x3)\n}\n");
  EXPECT_TRUE(reading.succeeded()) << reading.messages;
}

TEST(Border, TheNetworkIsCalledAsTheOptionsSay) {
  ReadOptions options;
  options.name = "other";
  EXPECT_EQ(Reading(network("return x"), options).network().getName(), "other");
}

TEST(Border, MessagesOfTheDialectNameSizes) {
  Reading reading("network f(x: f32[N, 3, H, W], z: f32[N, 4, H, W]) {\n"
                  "  return concat(x -> max_pool(2), z)\n}\n");
  EXPECT_THAT(reading.messages,
              HasSubstr("tensors of shapes Nx3x(H // 2)x(W // 2) and Nx4xHxW may differ"));
}

} // namespace cnnc
