// The loader runs what pack writes, in this process.
#include "compiler/codegen/Load.h"

#include "tests/codegen/ToyNetwork.h"

#include <gtest/gtest.h>

namespace cnnc {

struct Sizes {
  int64_t n, h, w;
};

class LoadAtSize : public testing::TestWithParam<Sizes> {};

TEST_P(LoadAtSize, GivesTheNumbers) {
  const NetworkPlan plan = toyNetwork();
  Result<LoadedNetwork> toy = LoadedNetwork::load(plan);
  ASSERT_TRUE(toy) << toy.error();
  const auto [n, h, w] = GetParam();
  const std::vector<float> x = toyInput(n, h, w);
  const ToyOutputs expected = toyOutputs(x, n, h, w);
  for (int threads : {1, 3}) {
    ToyOutputs outputs = {std::vector<float>(expected.sums.size()),
                          std::vector<float>(expected.half.size())};
    cnnrt_exec *pool = cnnrt_pool_create(threads);
    Status ran = toy->run({x.data()}, {outputs.sums.data(), outputs.half.data()}, {n, h, w}, pool);
    cnnrt_pool_destroy(pool);
    ASSERT_TRUE(ran) << ran.error();
    EXPECT_EQ(outputs.sums, expected.sums);
    EXPECT_EQ(outputs.half, expected.half);
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, LoadAtSize,
                         testing::Values(Sizes{1, 1, 4}, Sizes{2, 5, 8}, Sizes{3, 16, 20}));

TEST(Load, StaticNetwork) {
  const NetworkPlan plan = staticToyNetwork();
  Result<LoadedNetwork> fixed = LoadedNetwork::load(plan);
  ASSERT_TRUE(fixed) << fixed.error();
  const std::vector<float> x = toyInput(2, 5, 8);
  std::vector<float> sums(10), half(6);
  Status ran = fixed->run({x.data()}, {sums.data(), half.data()}, {});
  ASSERT_TRUE(ran) << ran.error();
  EXPECT_EQ(sums, toyOutputs(x, 2, 5, 8).sums);
  EXPECT_EQ(half, toyOutputs(x, 2, 5, 8).half);
}

TEST(Load, CallsSingleKernels) {
  const NetworkPlan plan = toyNetwork();
  Result<LoadedNetwork> toy = LoadedNetwork::load(plan);
  ASSERT_TRUE(toy) << toy.error();
  std::vector<float> x = toyInput(1, 3, 4), scaled(12), sums(3);
  float factor = 2, offset = 1;
  Status ran =
      toy->callKernel(plan.run.calls[0], {x.data(), &factor, &offset, scaled.data()}, {1, 3, 4});
  ASSERT_TRUE(ran) << ran.error();
  for (size_t i = 0; i < x.size(); ++i)
    EXPECT_EQ(scaled[i], x[i] * 2 + 1);
  ran = toy->callKernel(plan.run.calls[1], {scaled.data(), sums.data()}, {1, 3, 4});
  ASSERT_TRUE(ran) << ran.error();
  EXPECT_EQ(sums[2], scaled[8] + scaled[9] + scaled[10] + scaled[11]);
}

TEST(Load, ShowsTheWeights) {
  const NetworkPlan plan = toyNetwork();
  Result<LoadedNetwork> toy = LoadedNetwork::load(plan);
  ASSERT_TRUE(toy) << toy.error();
  const float *weights = static_cast<const float *>(toy->weights());
  EXPECT_EQ(reinterpret_cast<uintptr_t>(weights) % 64, 0u);
  EXPECT_EQ(weights[0], 3);
  EXPECT_EQ(weights[1], 0);
  EXPECT_EQ(weights[32], 0.5f);
}

TEST(Load, SaysWhichSizeIsWrong) {
  const NetworkPlan plan = toyNetwork();
  Result<LoadedNetwork> toy = LoadedNetwork::load(plan);
  ASSERT_TRUE(toy) << toy.error();
  float x = 0;
  Status ran = toy->run({&x}, {&x, &x}, {1, 1, 6});
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error(), "toy can not take these sizes: W is 6, it must be a multiple of 4");
  EXPECT_EQ(toy->workspaceBytes({1, 1, 6}), 0u);
}

TEST(Load, TellsOfAKernelThatFails) {
  const NetworkPlan plan = failingNetwork();
  Result<LoadedNetwork> failing = LoadedNetwork::load(plan);
  ASSERT_TRUE(failing) << failing.error();
  uint8_t x[3] = {};
  int64_t y[3];
  Status ran = failing->run({x}, {y}, {});
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error(),
            "failing failed: " + std::string(cnnrt_status_string(CNNRT_KERNEL_FAILED)));
}

TEST(Load, RefusesForeignTargets) {
  NetworkPlan plan = toyNetwork();
  plan.target = *findTarget(runsHere(*findTarget("arm-64-linux")) ? "x86-64" : "arm-64-linux");
  Result<LoadedNetwork> toy = LoadedNetwork::load(plan);
  ASSERT_FALSE(toy);
  EXPECT_EQ(toy.error(), "code for " + plan.target.name + " can not run on this machine");
}

TEST(Load, TwoNetworksAtOnce) {
  const NetworkPlan first = toyNetwork(), second = toyNetwork("other");
  Result<LoadedNetwork> toy = LoadedNetwork::load(first), other = LoadedNetwork::load(second);
  ASSERT_TRUE(toy && other);
  EXPECT_STREQ(toy->network().name, "toy");
  EXPECT_STREQ(other->network().name, "other");
}

} // namespace cnnc
