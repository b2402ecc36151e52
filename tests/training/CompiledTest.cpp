// Compiled gradients and steps beside the reference: whole networks, every function of a library.
#include "tests/training/TrainedNetwork.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace cnnc {

struct NetworkCase {
  const char *name;
  const char *text;
  std::vector<int64_t> sizes;
};

static void PrintTo(const NetworkCase &c, std::ostream *os) { *os << c.name; }

static const NetworkCase networks[] = {
    {"lenet",
     R"(
network lenet(x: f32[N, 1, 28, 28]) -> f32[N, 10] {
  logits = x -> conv(6, 5x5, pad: 2) -> relu -> max_pool(2x2, stride: 2)
             -> conv(16, 5x5) -> relu -> max_pool(2x2, stride: 2)
             -> flatten -> linear(120) -> relu -> linear(84) -> relu -> linear(10)
  return softmax(logits)
}
train lenet(label: i64[N]) {
  loss = cross_entropy(logits, label)
  optimizer = sgd(momentum: 0.9, weight_decay: 1e-4)
}
)",
     {5}},
    {"lines",
     R"(
network lines(x: f32[N, 1, H, W]) -> f32[N, 2] {
  logits = x -> conv(2, 9x9, pad: same) -> relu -> global_avg_pool -> linear(2)
  return softmax(logits)
}
train lines(label: i64[N]) {
  loss = cross_entropy(logits, label, label_smoothing: 0.1)
  optimizer = adam()
}
)",
     {3, 14, 17}},
    {"residual",
     R"(
block residual(x, channels, stride = 1) {
  y = x -> conv(channels, 3x3, stride: stride, pad: 1, bias: no) -> batch_norm -> relu
        -> conv(channels, 3x3, pad: 1, bias: no) -> batch_norm
  if stride != 1 or channels(x) != channels {
    x = x -> conv(channels, 1x1, stride: stride, bias: no) -> batch_norm
  }
  return relu(x + y)
}
network resnet(x: f32[N, 3, 16, 16]) -> f32[N, 4] {
  logits = x -> conv(16, 3x3, pad: 1, bias: no) -> batch_norm -> relu -> residual(16)
             -> residual(32, 2) -> global_avg_pool -> dropout(0.3) -> linear(4)
  return softmax(logits)
}
train resnet(label: i64[N]) {
  loss = cross_entropy(logits, label)
  optimizer = sgd(momentum: 0.9, nesterov: yes, weight_decay: 1e-4, clip_norm: 1)
}
)",
     {4}},
    {"unet",
     R"(
block double_conv(x, channels) {
  return x -> conv(channels, 3x3, pad: 1) -> relu -> conv(channels, 3x3, pad: 1) -> relu
}
network unet(x: f32[N, 3, 16, 16]) -> f32[N, 2, 16, 16] {
  a = x -> double_conv(16)
  b = a -> max_pool(2x2, stride: 2) -> double_conv(32)
  up = b -> resize(scale: [2, 2], mode: linear) -> conv(16, 3x3, pad: 1)
  return concat(a, up) -> double_conv(16) -> conv(2, 1x1)
}
train unet(mask: i64[N, 16, 16]) {
  loss = cross_entropy(y, mask)
  optimizer = adamw(weight_decay: 0.01)
}
)",
     {2}},
    {"pixels", // the loss's gradient is expanded to sizes that no input of its kernel shows
     R"(
network pixels(x: f32[N, 3, H, W]) -> f32[N, 4, H, W] {
  return x -> conv(16, 3x3, pad: 1) -> relu -> conv(4, 1x1)
}
train pixels(label: i64[N, H, W]) {
  loss = cross_entropy(y, label)
  optimizer = adam()
}
)",
     {2, 7, 9}},
    {"mobile",
     R"(
block inverted(x, channels, expand, stride) {
  y = x -> conv(channels(x) * expand, 1x1, bias: no) -> batch_norm -> hard_swish
        -> conv(channels(x) * expand, 3x3, pad: 1, stride: stride, groups: channels(x) * expand, bias: no)
        -> batch_norm -> silu -> conv(channels, 1x1, bias: no) -> batch_norm
  if stride == 1 and channels(x) == channels { return x + y }
  return y
}
network mobile(x: f32[N, 3, 12, 12]) -> f32[N, 3] {
  return x -> conv(8, 3x3, stride: 2, pad: 1) -> relu -> inverted(8, 4, 1) -> inverted(12, 4, 2)
           -> global_avg_pool -> linear(3)
}
train mobile(truth: f32[N, 3]) {
  loss = mean_squared_error(y, truth)
  optimizer = rmsprop(momentum: 0.5, clip_value: 0.1)
}
)",
     {3}},
    {"upscaled",
     R"(
network upscaled(x: f32[N, 2, 8, 8]) -> f32[N, 1, 16, 16] {
  return x -> conv(8, 3x3, pad: 1) -> tanh -> conv_transpose(4, 4x4, stride: 2, pad: 1)
           -> leaky_relu -> conv(1, 3x3, pad: 1)
}
train upscaled(truth: f32[N, 1, 16, 16]) {
  loss = huber(y, truth)
  optimizer = adagrad()
}
)",
     {2}},
};

class Compiled : public testing::TestWithParam<NetworkCase> {
protected:
  void SetUp() override {
    network = TrainedNetwork::compile(GetParam().text, GetParam().sizes);
    ASSERT_TRUE(network);
  }
  std::unique_ptr<TrainedNetwork> network;
};

/// Single precision, sums of a few hundred numbers, a few layers: relative to the largest entry.
static constexpr double bound = 1e-4;

static void expectClose(const std::vector<NamedTensor> &compiled,
                        const std::vector<NamedTensor> &reference) {
  ASSERT_EQ(compiled.size(), reference.size());
  // The gradient of a bias before a batch norm is 0: rounding of what cancels is all there is.
  double least = 0;
  for (size_t i = 1; i < reference.size(); ++i)
    least = std::max(least, 1e-3 * largestMagnitude(reference[i].values));
  for (size_t i = 0; i < compiled.size(); ++i) {
    ASSERT_EQ(compiled[i].name, reference[i].name);
    ASSERT_EQ(compiled[i].values.size(), reference[i].values.size()) << compiled[i].name;
    EXPECT_LE(largestDifference(compiled[i].values, reference[i].values),
              bound * std::max(largestMagnitude(reference[i].values), least))
        << compiled[i].name << ", largest " << largestMagnitude(reference[i].values);
  }
}

TEST_P(Compiled, GradientsAreTheReferences) {
  expectClose(network->gradients(/*ofInputs=*/true), network->referenceGradients());
}

TEST_P(Compiled, GradientsOfParametersAloneAreTheSame) {
  std::vector<NamedTensor> all = network->gradients(true), some = network->gradients(false);
  ASSERT_LT(some.size(), all.size());
  for (size_t i = 0; i < some.size(); ++i) {
    EXPECT_EQ(some[i].name, all[i].name);
    EXPECT_LE(largestDifference(some[i].values, all[i].values),
              1e-5 * largestMagnitude(all[i].values))
        << some[i].name;
  }
}

TEST_P(Compiled, ThreadsChangeNoBit) {
  std::vector<NamedTensor> one = network->gradients(true, 1), three = network->gradients(true, 3);
  for (size_t i = 0; i < one.size(); ++i)
    EXPECT_EQ(one[i].values, three[i].values) << one[i].name;
  Blocks a = network->blocksAfter(3, 1), b = network->blocksAfter(3, 3);
  EXPECT_EQ(a.parameters, b.parameters);
  EXPECT_EQ(a.state, b.state);
}

TEST_P(Compiled, AStepIsTheOptimizers) {
  std::vector<NamedTensor> before = network->parameterTensors();
  for (int step = 0; step < 3; ++step) {
    std::vector<NamedTensor> expected = network->referenceStep(), compiled = network->step();
    expectClose(compiled, expected);
  }
  size_t moved = 0;
  std::vector<NamedTensor> after = network->parameterTensors();
  for (size_t i = 0; i < before.size(); ++i)
    moved += before[i].values != after[i].values;
  EXPECT_EQ(moved, before.size()) << "every parameter is trained";
}

TEST_P(Compiled, TrainingOnOneBatchLowersItsLoss) {
  double first = network->loss();
  for (int step = 0; step < 30; ++step)
    network->step();
  EXPECT_LT(network->loss(), 0.9 * first);
}

INSTANTIATE_TEST_SUITE_P(Networks, Compiled, testing::ValuesIn(networks),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace cnnc
