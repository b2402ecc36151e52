// Networks built in C++: the same ops, names and messages as in `.cnn` text.
#include "cnnc/Layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace cnnc;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

/// What is thrown by `build`.
template <typename Build> std::string messageOf(Build build) {
  try {
    build();
  } catch (const nn::Error &error) {
    return error.what();
  }
  return "nothing is thrown";
}

TEST(Builder, AppliesLayersInTurn) {
  nn::Network network("lines");
  nn::Tensor x = network.input("x", nn::f32, {"N", 1, "H", "W"});
  nn::conv conv1 = nn::conv(2, {9, 9}).pad(nn::same);
  nn::Tensor z1 = conv1(x);
  nn::Tensor h1 = nn::relu()(z1);
  nn::Tensor z2 = nn::linear(2)(nn::global_avg_pool()(h1));
  network.output("y", nn::softmax().temperature(2)(z2));
  EXPECT_EQ(z1.type(), "f32[N, 2, H, W]");
  EXPECT_EQ(z2.type(), "f32[N, 2]");
  std::string text = network.show();
  EXPECT_THAT(text, HasSubstr("func.func @lines"));
  EXPECT_THAT(
      text, HasSubstr("cnn.sizes = [\"N\", \"H\", \"W\"], cnn.typical = array<i64: 1, 224, 224>"));
  EXPECT_THAT(text, HasSubstr("name = \"conv.filter\""));
  EXPECT_THAT(text, HasSubstr("pads = array<i64: 4, 4, 4, 4>"));
  EXPECT_THAT(text, HasSubstr("temperature = 2.0"));
}

TEST(Builder, ALayerAppliedTwiceHasTheSameParameters) {
  nn::Network network("twins");
  nn::Tensor a = network.input("a", nn::f32, {1, 4, 8, 8});
  nn::Tensor b = network.input("b", nn::f32, {1, 4, "H", "W"});
  nn::conv shared = nn::conv(4, 3).pad(nn::same).named("shared");
  network.output("p", shared(shared(a)));
  network.output("q", shared(b));
  std::string text = network.show(), filter = "name = \"shared.filter\"";
  size_t first = text.find(filter);
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(text.find(filter, first + 1), std::string::npos);
  EXPECT_THAT(text, Not(HasSubstr("shared_2")));
}

TEST(Builder, TakesInitializersByNameAndNumber) {
  nn::Network network("filters");
  nn::Tensor x = network.input("x", nn::f32, {1, 4, 8, 8});
  nn::Tensor y = nn::conv(4, 3).init("orthogonal")(x);
  network.output("y", nn::conv(4, 3).init(0.5)(y));
  EXPECT_THAT(network.show(), HasSubstr("kind = \"orthogonal\""));
  EXPECT_THAT(network.show(), HasSubstr("kind = \"constant\", scale = 5.0"));
  EXPECT_THAT(messageOf([&] { nn::conv(4, 3).init("ortogonal")(x); }),
              HasSubstr("unknown initializer 'ortogonal'; did you mean 'orthogonal'?"));
}

TEST(Builder, SaysHowANetworkIsTrained) {
  nn::Network network("digits");
  nn::Tensor x = network.input("x", nn::f32, {"N", 1, 28, 28});
  nn::Tensor features = nn::relu()(nn::conv(4, 3).named("stem")(x));
  nn::Tensor logits = nn::linear(10)(nn::global_avg_pool()(features));
  nn::Tensor label = network.target("label", nn::i64, {"N"});
  // What only the loss needs may come before what the network needs.
  nn::Tensor loss = nn::cross_entropy()(logits, label);
  network.output("y", nn::softmax()(logits));
  network.train(loss, nn::Optimizer("sgd", {{"momentum", 0.9}, {"nesterov", true}}));
  network.freeze("stem.*");
  for (int time = 0; time < 2; ++time) {
    std::string text = network.show();
    size_t begin = text.find("func.func @digits_loss(");
    ASSERT_NE(begin, std::string::npos);
    std::string run = text.substr(0, begin), trained = text.substr(begin);
    EXPECT_THAT(run, HasSubstr("func.func @digits("));
    EXPECT_THAT(run, Not(HasSubstr("cross_entropy")));
    EXPECT_THAT(run, Not(HasSubstr("label")));
    EXPECT_THAT(trained, HasSubstr("{cnn.name = \"label\", cnn.target}) -> (tensor<f32> {cnn.name "
                                   "= \"loss\"})"));
    EXPECT_THAT(trained, HasSubstr("momentum = 9.0"));
    EXPECT_THAT(trained, HasSubstr("nesterov = 1.0"));
    EXPECT_THAT(trained, HasSubstr("cnn.cross_entropy"));
    for (const std::string &function : {run, trained})
      EXPECT_THAT(function, ContainsRegex("frozen, initializer = [^}]*}, name = .stem.filter"));
  }
}

TEST(Builder, RefusesToTrainWhatItCanNot) {
  nn::Network network("f");
  nn::Tensor x = network.input("x", nn::f32, {"N", 4});
  nn::Tensor y = nn::linear(3)(x);
  network.output("y", y);
  EXPECT_THAT(messageOf([&] {
                network.target("x", nn::f32, {"N", 3});
              }),
              HasSubstr("the name 'x' is taken; choose another"));
  EXPECT_THAT(messageOf([&] {
                network.target("t", nn::f32, {"M", 3});
              }),
              HasSubstr("the size 'M' is none of an input"));
  EXPECT_THAT(messageOf([&] { network.train(y, nn::Optimizer("sgd")); }),
              HasSubstr("the loss must be a single f32 but is f32[N, 3]"));
  nn::Tensor t = network.target("t", nn::f32, {"N", 3});
  nn::Tensor loss = nn::mean_squared_error()(y, t);
  EXPECT_THAT(messageOf([&] { network.show(); }),
              HasSubstr("the network has a target but no loss"));
  EXPECT_THAT(messageOf([&] { network.train(loss, nn::Optimizer("adm")); }),
              HasSubstr("there is no optimizer called 'adm'; did you mean 'adam'?"));
  EXPECT_THAT(messageOf([&] {
                network.train(loss, nn::Optimizer("adam", {{"beta1", 2}}));
              }),
              HasSubstr("beta1 must be from 0 to 0.99999 but is 2"));
  network.train(loss, nn::Optimizer("adam"));
  EXPECT_THAT(messageOf([&] { network.train(loss, nn::Optimizer("adam")); }),
              HasSubstr("the network has a loss already"));
  network.output("z", y - t);
  EXPECT_THAT(messageOf([&] { network.show(); }), HasSubstr("the output 'z' depends on a target"));
}

TEST(Builder, FreezesOnlyParametersThatThereAre) {
  nn::Network network("f");
  network.output("y", nn::linear(3)(network.input("x", nn::f32, {1, 4})));
  network.freeze("linaer.weight");
  EXPECT_THAT(messageOf([&] { network.show(); }), HasSubstr("did you mean 'linear.weight'?"));
}

TEST(Builder, EnlargesAsTheTextDoes) {
  nn::Network network("decoder");
  nn::Tensor x = network.input("x", nn::f32, {1, 4, "H", "W"});
  nn::Tensor half = nn::max_pool(2)(x);
  EXPECT_EQ(nn::resize(2).mode("linear")(x).type(), "f32[1, 4, H * 2, W * 2]");
  EXPECT_EQ(nn::conv_transpose(3, 2).stride(2)(x).type(), "f32[1, 3, H * 2, W * 2]");
  EXPECT_EQ(nn::resize_like()(half, x).type(), "f32[1, 4, H, W]");
  // Where H and W are even, this is the size of x: more is said at run time.
  EXPECT_EQ(nn::concat()({x, nn::resize(2)(half)}).type(), "f32[1, 8, H, W]");
}

TEST(Builder, NumbersLayersWithoutNames) {
  nn::Network network("two");
  nn::Tensor x = network.input("x", nn::f32, {1, 4});
  network.output("y", nn::linear(2)(nn::linear(3)(x)));
  EXPECT_THAT(network.show(), HasSubstr("name = \"linear_2.weight\""));
}

TEST(Builder, CalculatesWithTensorsAndNumbers) {
  nn::Network network("scale");
  nn::Tensor image = network.input("image", nn::u8, {1, 3, "H", "W"}, nn::Layout::ChannelsLast);
  nn::Tensor x = (127 - nn::cast(nn::f32)(image)) / 128;
  network.output("y", nn::concat()({x, x * x + nn::maximum()(x, 0)}));
  std::string text = network.show();
  EXPECT_THAT(text, HasSubstr("cnn.channels_last, cnn.name = \"image\""));
  EXPECT_THAT(text, HasSubstr("cnn.sub %1, %0"));
}

TEST(Builder, TakesParametersAsTensors) {
  nn::Network network("blur");
  nn::Tensor x = network.input("x", nn::f32, {1, 1, 8});
  nn::Tensor w = network.constant({1, 1, 3}, {0.25, 0.5, 0.25});
  nn::Tensor y = nn::true_conv(w).pad(nn::full)(x);
  EXPECT_EQ(y.type(), "f32[1, 1, 10]");
}

TEST(Builder, SaysWhereALayerDoesNotFit) {
  std::string message = messageOf([] {
    nn::Network network("wrong");
    nn::Tensor x = network.input("x", nn::f32, {1, 3, 8, 8});
    nn::conv(8, 9)(x); // the line of the message
  });
  EXPECT_THAT(message, HasSubstr("BuilderTest.cpp:"));
  EXPECT_THAT(message, HasSubstr("error: window of 9 elements does not fit a dim of 8 elements"));
  EXPECT_THAT(message, HasSubstr("nn::conv(8, 9)(x); // the line of the message"));
}

TEST(Builder, SaysWhereTensorsDoNotFit) {
  std::string message = messageOf([] {
    nn::Network network("wrong");
    nn::Tensor x = network.input("x", nn::f32, {1, 3, "H", "W"});
    nn::Tensor y = network.input("y", nn::f32, {1, 4, "H", "W"});
    x + y;
  });
  EXPECT_THAT(message, HasSubstr("BuilderTest.cpp:"));
  EXPECT_THAT(message, HasSubstr("shapes 1x3xHxW and 1x4xHxW do not broadcast"));
}

TEST(Builder, KeepsNetworksApart) {
  nn::Network one("one"), two("two");
  nn::Tensor x = one.input("x", nn::f32, {1, 3}), y = two.input("y", nn::f32, {1, 3});
  EXPECT_THAT(messageOf([&] { x + y; }),
              HasSubstr("belongs to the network 'two' but is used in 'one'"));
  EXPECT_THAT(messageOf([&] { nn::relu()(nn::Tensor()); }), HasSubstr("but there is none"));
}

TEST(Builder, RefusesWhatIsNoNetwork) {
  EXPECT_THAT(messageOf([] { nn::Network("empty").show(); }), HasSubstr("has no output"));
  EXPECT_THAT(messageOf([] { nn::Network("n").input("x", nn::f32, {0}); }),
              HasSubstr("a size must be from 1 to 2147483647 but is 0"));
  EXPECT_THAT(messageOf([] {
                nn::Network("n").constant({2, 2}, {1, 2, 3});
              }),
              HasSubstr("the shape [2, 2] has 4 elements but there are 3 values"));
  EXPECT_THAT(messageOf([] { nn::Network("n").weights("nowhere.npz"); }),
              HasSubstr("can not read nowhere.npz"));
  EXPECT_THAT(messageOf([] { nn::Network("n").typical("H", 3); }), HasSubstr("no size called 'H'"));
}

} // namespace
