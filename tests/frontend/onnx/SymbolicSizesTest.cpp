// Sizes that the file leaves open: how they are called, and what the user may say about them.
#include "tests/frontend/onnx/OnnxModel.h"

#include "compiler/frontend/NetworkFunction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace cnnc;
using testing::ElementsAre;

/// y = Relu(x)
static OnnxModel makeRelu(const std::vector<std::string> &dims) {
  OnnxModel model;
  model.graph().clear_input();
  model.addInput("x", dims);
  model.setNode("Relu", {"x"});
  return model;
}

static std::vector<std::string> sizeNames(const ReadResult &result) {
  EXPECT_EQ(result.messages, "");
  return result.module ? getSizeNames(getNetwork(*result.module)) : std::vector<std::string>();
}

static std::string outputShape(const ReadResult &result) {
  EXPECT_EQ(result.messages, "");
  return result.module ? cnn::toString(getOutputs(getNetwork(*result.module))[0].type) : "";
}

TEST(OnnxSizes, AreNamedInOrderOfAppearance) {
  OnnxModel model = makeRelu({"N", "3", "H", "W"});
  model.addInput("z", {"K", "N"});
  EXPECT_THAT(sizeNames(model.read()), ElementsAre("N", "H", "W", "K"));
}

TEST(OnnxSizes, OfOneNameAreOneSize) {
  ReadResult result = makeRelu({"N", "3", "S", "S"}).read();
  EXPECT_THAT(sizeNames(result), ElementsAre("N", "S"));
  EXPECT_EQ(outputShape(result), "s0x3xs1xs1");
}

TEST(OnnxSizes, WithoutNameGetThatOfTheirInput) {
  EXPECT_THAT(sizeNames(makeRelu({"", "3", "", "W"}).read()), ElementsAre("x_d0", "x_d2", "W"));
}

TEST(OnnxSizes, BecomeIdentifiers) {
  ReadResult result = makeRelu({"batch.size", "batch-size", "2*s77", "7up"}).read();
  EXPECT_THAT(sizeNames(result), ElementsAre("batch_size", "batch_size_2", "d_2_s77", "d_7up"));
}

TEST(OnnxSizes, CanBeFixed) {
  ReadOptions options;
  options.sizes = {{"H", 32}, {"W", 48}};
  ReadResult result = makeRelu({"N", "3", "H", "W"}).read(options);
  EXPECT_THAT(sizeNames(result), ElementsAre("N"));
  EXPECT_EQ(outputShape(result), "s0x3x32x48");
}

TEST(OnnxSizes, CanBeRenamedAndFixedByEitherName) {
  ReadOptions options;
  options.renames = {{"s77", "H"}, {"s78", "W"}};
  OnnxModel model = makeRelu({"N", "3", "s77", "s78"});
  EXPECT_THAT(sizeNames(model.read(options)), ElementsAre("N", "H", "W"));
  options.sizes = {{"H", 32}, {"s78", 48}};
  EXPECT_EQ(outputShape(model.read(options)), "s0x3x32x48");
}

TEST(OnnxSizes, RenamedAlikeBecomeOneSize) {
  ReadOptions options;
  options.renames = {{"s77", "S"}, {"s78", "S"}};
  ReadResult result = makeRelu({"N", "3", "s77", "s78"}).read(options);
  EXPECT_THAT(sizeNames(result), ElementsAre("N", "S"));
}

TEST(OnnxSizes, HaveATypicalValue) {
  ReadOptions options;
  options.typical = {{"W", 640}};
  ReadResult result = makeRelu({"N", "3", "H", "W"}).read(options);
  EXPECT_THAT(getTypicalSizes(getNetwork(*result.module)), ElementsAre(1, 224, 640));
}

TEST(OnnxSizes, UnknownNamesAreRefused) {
  OnnxModel model = makeRelu({"N", "3", "height", "width"});
  ReadOptions options;
  options.sizes = {{"heigth", 32}};
  EXPECT_EQ(model.read(options).messages,
            "error: the model has no symbolic size 'heigth'; did you mean 'height'?\n");
  options.sizes = {{"width", 0}};
  EXPECT_EQ(model.read(options).messages,
            "error: the size 'width' must be between 1 and 2147483647 but is 0\n");
}

TEST(OnnxSizes, CancelInReshape) {
  OnnxModel model;
  model.graph().clear_input();
  model.addInput("x", {"N", "512", "7", "7"});
  model.addIntegers("rest", {-1});
  model.addIntegers("zero", {0});
  model.setNode("Reshape", {"x", "target"});
  model.graph().clear_node();
  model.addNode("Shape", {"x"}, "shape");
  model.addNode("Gather", {"shape", "zero"}, "batch");
  setInt(model.addNode("Concat", {"batch", "rest"}, "target"), "axis", 0);
  model.addNode("Reshape", {"x", "target"}, "y");
  EXPECT_EQ(outputShape(model.read()), "s0x25088");
}

// 2 N can not be halved without knowing N: what is left over is said at run time.
TEST(OnnxSizes, ThatDoNotCancelStayAQuotient) {
  OnnxModel model;
  model.graph().clear_input();
  model.addInput("x", {"N", "3"});
  model.addIntegers("target", {-1, 2});
  model.setNode("Reshape", {"x", "target"});
  EXPECT_EQ(outputShape(model.read()), "((s0 * 3) floordiv 2)x2");
}
