// The `train` block: the function of the loss, what its names mean, optimizers, frozen parameters.
#include "tests/frontend/cnn/Reading.h"

#include <gmock/gmock.h>

using namespace cnnc::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

namespace cnnc {

/// A network of three layers, and this block.
static std::string digits(const std::string &targets, const std::string &statements) {
  return "network digits(x: f32[N, 1, H, W]) -> (scores: f32[N, 10]) {\n"
         "  features = x -> stem: conv(4, 3x3) -> relu -> conv(8, 3x3, stride: 2) -> relu\n"
         "  logits = features -> global_avg_pool -> linear(10)\n"
         "  return softmax(logits)\n"
         "}\n"
         "train digits(" +
         targets + ") {\n" + statements + "\n}\n";
}

static const std::string usual = "loss = cross_entropy(logits, label)\n"
                                 "optimizer = sgd(momentum: 0.9, weight_decay: 1e-4)";

static std::vector<std::string> namesOf(const std::vector<BorderValue> &values) {
  std::vector<std::string> names;
  for (const BorderValue &value : values)
    names.push_back(value.name);
  return names;
}

/// The op that computes the loss.
static mlir::Operation *lossOp(const Reading &reading) {
  return getOutputs(getLoss(*reading.module))[0].value.getDefiningOp();
}

static std::vector<std::string> frozenIn(mlir::func::FuncOp function) {
  std::vector<std::string> names;
  for (auto constant : function.getOps<cnn::Constant>())
    if (constant.getFrozen())
      names.push_back(constant.getName()->str());
  return names;
}

TEST(Train, LeavesTheLossBehindTheNetwork) {
  Reading reading(digits("label: i64[N]", usual));
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_EQ(reading.network().getName(), "digits");
  mlir::func::FuncOp loss = getLoss(*reading.module);
  ASSERT_TRUE(loss);
  EXPECT_EQ(loss.getName(), "digits_loss");
  EXPECT_EQ(getSizeNames(loss), getSizeNames(reading.network()));
  EXPECT_EQ(getTypicalSizes(loss), getTypicalSizes(reading.network()));
  std::vector<BorderValue> inputs = getInputs(loss), outputs = getOutputs(loss);
  EXPECT_THAT(namesOf(inputs), ElementsAre("x", "label"));
  EXPECT_FALSE(inputs[0].isTarget);
  EXPECT_TRUE(inputs[1].isTarget);
  EXPECT_THAT(namesOf(outputs), ElementsAre("loss"));
  EXPECT_EQ(outputs[0].type.getRank(), 0);
  EXPECT_EQ(lossOp(reading)->getName().getStringRef(), "cnn.cross_entropy");
  EXPECT_EQ(lossOp(reading)->getOperand(1), loss.getArgument(1));
}

TEST(Train, CopiesTheNetworkWithItsParameters) {
  Reading reading(digits("label: i64[N]", usual));
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  mlir::func::FuncOp loss = getLoss(*reading.module);
  std::vector<std::string> names = {"stem.filter", "stem.bias",     "conv.filter",
                                    "conv.bias",   "linear.weight", "linear.bias"};
  for (mlir::func::FuncOp function : {reading.network(), loss}) {
    std::vector<std::string> found;
    for (auto constant : function.getOps<cnn::Constant>())
      found.push_back(constant.getName()->str());
    EXPECT_EQ(found, names);
  }
  // The numbers are there once.
  auto filterOf = [](mlir::func::FuncOp function) {
    return (*function.getOps<cnn::Constant>().begin()).getValue();
  };
  EXPECT_EQ(filterOf(loss), filterOf(reading.network()));
}

TEST(Train, IsNotNeeded) {
  Reading reading(network("return x -> conv(2, 3x3)"));
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_FALSE(getLoss(*reading.module));
}

TEST(Train, SeesNamesInputsOutputsAndSizes) {
  for (const char *loss :
       {"mean_squared_error(features, label)", "mean_squared_error(x, x)",
        "mean_squared_error(scores, scores)",
        "mean_squared_error(reshape(logits, [N, 10]), logits)",
        "cross_entropy(logits, cast(scores, f32)) + 0.1 * mean_absolute_error(x, x)"}) {
    std::string target = "label: f32[N, 8, ((H - 2) - 3) // 2 + 1, ((W - 2) - 3) // 2 + 1]";
    Reading reading(digits(target, "optimizer = adam()\nloss = " + std::string(loss)));
    EXPECT_TRUE(reading.succeeded()) << loss << "\n" << reading.messages;
  }
}

TEST(Train, SeesTheLastMeaningOfAName) {
  Reading reading("network f(x: f32[N, 4]) {\n"
                  "  repeat 2 { x = x -> linear(4) }\n  y = relu(x)\n  return x + 1\n}\n"
                  "train f() { loss = mean_squared_error(x, y)  optimizer = sgd() }\n");
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  // x is what the second layer made, and y is the network's own, not its output of that name.
  EXPECT_EQ(getName(*lossOp(reading)->getOperand(0).getDefiningOp()), "linear_2");
  EXPECT_EQ(lossOp(reading)->getOperand(1).getDefiningOp()->getName().getStringRef(), "cnn.relu");
}

TEST(Train, MayUseBlocksAndNamesOfItsOwn) {
  Reading reading(
      "block distance(a, b) { return mean_squared_error(a, b), mean_absolute_error(a, b) }\n" +
      digits("label: f32[N, 10]", "square, absolute = distance(scores, label)\n"
                                  "loss = square + absolute\noptimizer = adagrad()"));
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_EQ(lossOp(reading)->getName().getStringRef(), "cnn.add");
}

TEST(Train, TakesALossOfOneElement) {
  Reading reading("network f(x: f32[1, 1]) { return x -> linear(1) }\n"
                  "train f() { loss = x  optimizer = sgd() }\n");
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_EQ(getOutputs(getLoss(*reading.module))[0].type.getRank(), 0);
}

TEST(Train, MayHaveTargetsInPixels) {
  Reading reading("network f(image: f32[N, H, W, 3]) { return image -> conv(5, 1) }\n"
                  "train f(label: i64[N, H, W], weight: f32[N, H, W, 5]) {\n"
                  "  loss = cross_entropy(y, label) + mean_squared_error(y, weight)\n"
                  "  optimizer = sgd()\n}\n");
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  std::vector<BorderValue> inputs = getInputs(getLoss(*reading.module));
  EXPECT_TRUE(inputs[0].channelsLast);
  EXPECT_FALSE(inputs[1].channelsLast);
  EXPECT_TRUE(inputs[2].channelsLast);
}

TEST(Train, TakesTheNameThatTheNetworkIsGiven) {
  ReadOptions options;
  options.name = "other";
  Reading reading(digits("label: i64[N]", usual), options);
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_EQ(getLoss(*reading.module).getName(), "other_loss");
}

TEST(Train, FixesSizesOfTargetsWithThoseOfInputs) {
  ReadOptions options;
  options.sizes["N"] = 16;
  Reading reading(digits("label: i64[N]", usual), options);
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_EQ(getInputs(getLoss(*reading.module))[1].type.getShape()[0], 16);
}

//===-- Optimizers ----------------------------------------------------------===//

TEST(Optimizer, HasTheValuesOfTheBlockAndTheOthersOfItsTable) {
  Reading reading(digits("label: i64[N]", usual));
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  cnn::OptimizerSettings sgd = getOptimizer(getLoss(*reading.module));
  EXPECT_EQ(sgd.optimizer().name, "sgd");
  EXPECT_EQ(sgd["momentum"], 0.9);
  EXPECT_EQ(sgd["weight_decay"], 1e-4);
  EXPECT_EQ(sgd["nesterov"], 0);
  EXPECT_EQ(sgd["clip_norm"], 0);
}

TEST(Optimizer, TakesArgumentsByPositionAndFlags) {
  Reading reading(digits("label: i64[N]",
                         "loss = cross_entropy(logits, label)\n"
                         "rate = 0.5\n"
                         "optimizer = sgd(rate, yes, decay_all: yes, clip_norm: 1)"));
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  cnn::OptimizerSettings sgd = getOptimizer(getLoss(*reading.module));
  EXPECT_EQ(sgd["momentum"], 0.5);
  EXPECT_EQ(sgd["nesterov"], 1);
  EXPECT_EQ(sgd["decay_all"], 1);
  EXPECT_EQ(sgd["clip_norm"], 1);
}

TEST(Optimizer, MayBeAnyOfTheTable) {
  for (const std::string &name : cnn::optimizerNames()) {
    Reading reading(digits("label: i64[N]", "loss = cross_entropy(logits, label)\n"
                                            "optimizer = " +
                                                name + "()"));
    ASSERT_TRUE(reading.succeeded()) << reading.messages;
    EXPECT_EQ(getOptimizer(getLoss(*reading.module)).optimizer().name, name);
  }
}

//===-- Frozen parameters ---------------------------------------------------===//

static std::vector<std::string> frozenBy(const std::string &freeze) {
  Reading reading(digits("label: i64[N]", usual + "\nfreeze = \"" + freeze + "\""));
  EXPECT_TRUE(reading.succeeded()) << reading.messages;
  if (!reading.succeeded())
    return {};
  EXPECT_EQ(frozenIn(getLoss(*reading.module)), frozenIn(reading.network()));
  return frozenIn(reading.network());
}

TEST(Freeze, NamesParametersInBothFunctions) {
  EXPECT_THAT(frozenBy("conv.filter"), ElementsAre("conv.filter"));
  EXPECT_THAT(frozenBy("stem.*"), ElementsAre("stem.filter", "stem.bias"));
  EXPECT_THAT(frozenBy("*.bias"), ElementsAre("stem.bias", "conv.bias", "linear.bias"));
  EXPECT_THAT(frozenBy("c*.*er, linear.weight"), ElementsAre("conv.filter", "linear.weight"));
  EXPECT_EQ(frozenBy("*").size(), 6u);
}

TEST(Freeze, TakesLettersForOneStarOnly) {
  for (const char *pattern :
       {"conv", "conv.filter*filter", "filter", "c*x*.filter", "stem.bias*s"}) {
    Reading reading(digits("label: i64[N]", usual + "\nfreeze = \"" + pattern + "\""));
    EXPECT_FALSE(reading.succeeded()) << pattern;
    EXPECT_THAT(reading.messages, HasSubstr("freeze: no parameter is called")) << pattern;
  }
}

} // namespace cnnc
