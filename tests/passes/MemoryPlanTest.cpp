// Tensors alive together never overlap, whatever the sizes; at the typical ones little is lost.
#include "compiler/passes/MemoryPlan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace cnnc {

using Sizes = std::vector<int64_t>;

/// Empty, or which two tensors share memory while both are alive, or what is not aligned.
static std::string findFault(const std::vector<Lifetime> &tensors, const MemoryPlan &plan,
                             const Sizes &sizes) {
  auto begin = [&](size_t i) { return plan.offsets[i].evaluate(sizes); };
  auto end = [&](size_t i) { return begin(i) + tensors[i].bytes.evaluate(sizes); };
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (begin(i) % 64 != 0 || begin(i) < 0 || end(i) > plan.arenaBytes.evaluate(sizes))
      return "tensor " + std::to_string(i) + " begins at " + plan.offsets[i].toString();
    for (size_t j = 0; j < i; ++j)
      if (tensors[i].begin <= tensors[j].end && tensors[j].begin <= tensors[i].end &&
          begin(i) < end(j) && begin(j) < end(i))
        return "tensors " + std::to_string(i) + " and " + std::to_string(j) + " overlap";
  }
  return "";
}

/// The most bytes alive at one step.
static int64_t lowerBound(const std::vector<Lifetime> &tensors, const Sizes &sizes) {
  int64_t most = 0;
  for (const Lifetime &moment : tensors) {
    int64_t alive = 0;
    for (const Lifetime &tensor : tensors)
      if (tensor.begin <= moment.begin && moment.begin <= tensor.end)
        alive += tensor.bytes.evaluate(sizes);
    most = std::max(most, alive);
  }
  return most;
}

/// Maps of an image that shrinks by and by, some read a few kernels later: as networks have them.
static std::vector<Lifetime> shrinkingMaps(unsigned seed, int64_t channelStep) {
  std::mt19937 generator(seed);
  std::vector<Lifetime> tensors;
  const SizeExpr n = SizeExpr::symbol(0), h = SizeExpr::symbol(1), w = SizeExpr::symbol(2);
  for (int step = 0; step < 60; ++step) {
    int64_t scale = int64_t(2) << step / 15;
    int64_t channels = channelStep * (1 + static_cast<int64_t>(generator() % 8)) * scale;
    int end = step + 1 + (generator() % 4 == 0 ? static_cast<int>(generator() % 5) : 0);
    tensors.push_back({step, end, n * ceilDiv(h, scale) * ceilDiv(w, scale) * (4 * channels)});
  }
  return tensors;
}

class MemoryPlans : public testing::TestWithParam<int64_t> {};

TEST_P(MemoryPlans, AreSafeAtAnySizeAndTightAtTheTypicalOne) {
  const Sizes typical = {1, 224, 224};
  double arenas = 0, bounds = 0;
  for (unsigned seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::vector<Lifetime> tensors = shrinkingMaps(seed, GetParam());
    MemoryPlan plan = planMemory(tensors, typical);
    for (const Sizes &sizes : {typical, Sizes{1, 1, 1}, {3, 97, 160}, {2, 1, 4000}, {1, 33, 7}})
      EXPECT_EQ(findFault(tensors, plan, sizes), "") << "H " << sizes[1];
    double arena = static_cast<double>(plan.arenaBytes.evaluate(typical));
    double bound = static_cast<double>(lowerBound(tensors, typical));
    EXPECT_LE(arena, 1.2 * bound);
    arenas += arena;
    bounds += bound;
  }
  EXPECT_LE(arenas, 1.01 * bounds);
}

// 16 channels are whole lines of 64 bytes; of 3 there is a rest that depends on the sizes.
INSTANTIATE_TEST_SUITE_P(Channels, MemoryPlans, testing::Values(16, 3));

TEST(MemoryPlan, WithSizesKnownIsNumbers) {
  std::vector<Lifetime> tensors = {{0, 1, 100}, {1, 2, 200}, {2, 3, 50}};
  MemoryPlan plan = planMemory(tensors, {});
  EXPECT_EQ(findFault(tensors, plan, {}), "");
  EXPECT_TRUE(plan.arenaBytes.isConstant());
  EXPECT_EQ(plan.arenaBytes.value(), 256 + 128);
}

// Two sizes of which neither is always the larger: the third tensor begins behind both.
TEST(MemoryPlan, TakesTheMaximumOfWhatCanNotBeCompared) {
  const SizeExpr h = SizeExpr::symbol(0), w = SizeExpr::symbol(1);
  std::vector<Lifetime> tensors = {{0, 1, h * 64}, {2, 3, w * 64}, {1, 2, h * 64}};
  MemoryPlan plan = planMemory(tensors, {10, 10});
  for (const Sizes &sizes : {Sizes{10, 10}, {1, 100}, {100, 1}})
    EXPECT_EQ(findFault(tensors, plan, sizes), "");
  EXPECT_EQ(plan.arenaBytes.evaluate({10, 10}), 20 * 64);
}

TEST(MemoryPlan, OfEqualMultiplesIsOneSum) {
  const SizeExpr n = SizeExpr::symbol(0);
  std::vector<Lifetime> tensors = {{0, 1, n * 64}, {1, 2, n * 128}, {2, 3, n * 64}};
  EXPECT_EQ(planMemory(tensors, {5}).arenaBytes, n * 192);
}

TEST(MemoryPlan, OfNothing) { EXPECT_EQ(planMemory({}, {}).arenaBytes, SizeExpr(0)); }

} // namespace cnnc
