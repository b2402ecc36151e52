// Who reads what, and how much is alive at once, in plans small enough to see it.
#include "compiler/codegen/Dataflow.h"

#include "tests/codegen/ToyNetwork.h"

#include <gtest/gtest.h>

namespace cnnc {

static BufferArgument inArena(int64_t offset, int64_t floats) {
  return {{BufferPlace::Arena, 0, offset}, ElementType::F32, {floats}};
}
static BufferArgument input(int64_t floats) {
  return {{BufferPlace::Input, 0, 0}, ElementType::F32, {floats}};
}
static BufferArgument output(int64_t floats) {
  return {{BufferPlace::Output, 0, 0}, ElementType::F32, {floats}};
}
static BufferArgument weights(int64_t floats) {
  return {{BufferPlace::Weights, 0, 0}, ElementType::F32, {floats}};
}

static NetworkPlan planOf(std::vector<std::vector<BufferArgument>> calls) {
  NetworkPlan plan;
  plan.inputs = {{"x", ElementType::F32, {16}, false}};
  for (std::vector<BufferArgument> &arguments : calls)
    plan.run.calls.push_back({"call", 0, std::move(arguments), {}});
  return plan;
}

TEST(Dataflow, AChainReusesTwoPlaces) {
  // x -> 64 B -> 128 B -> 64 B, where the first was -> y
  NetworkPlan plan = planOf({{input(16), weights(99), inArena(0, 16)},
                             {inArena(0, 16), inArena(64, 32)},
                             {inArena(64, 32), inArena(0, 16)},
                             {inArena(0, 16), output(16)}});
  std::vector<FlowingTensor> tensors = findTensors(plan, {});
  ASSERT_EQ(tensors.size(), 5u);
  EXPECT_EQ(tensors[0].writer, -1);
  EXPECT_EQ(tensors[0].readers, std::vector<int>{0});
  EXPECT_EQ(tensors[1].readers, std::vector<int>{1});
  EXPECT_EQ(tensors[2].readers, std::vector<int>{2});
  EXPECT_EQ(tensors[3].readers, std::vector<int>{3});
  EXPECT_TRUE(tensors[4].readers.empty());
  EXPECT_EQ(arenaLowerBound(tensors), 64 + 128);
}

TEST(Dataflow, ASkipConnectionStaysAlive) {
  // a = f(x); b = g(a); c = h(b); y = c + a
  NetworkPlan plan = planOf({{input(16), inArena(0, 16)},
                             {inArena(0, 16), inArena(64, 16)},
                             {inArena(64, 16), inArena(128, 16)},
                             {inArena(128, 16), inArena(0, 16), output(16)}});
  std::vector<FlowingTensor> tensors = findTensors(plan, {});
  EXPECT_EQ(tensors[1].readers, (std::vector<int>{1, 3}));
  EXPECT_EQ(tensors[1].lastUse(), 3);
  EXPECT_EQ(arenaLowerBound(tensors), 3 * 64);
}

TEST(Dataflow, OnlyTheArenaCounts) {
  NetworkPlan plan = planOf({{input(16), output(16)}});
  EXPECT_EQ(arenaLowerBound(findTensors(plan, {})), 0);
}

TEST(Dataflow, SmallTensorsTakeAWholeLine) {
  NetworkPlan plan = planOf({{input(16), inArena(0, 1)}, {inArena(0, 1), output(16)}});
  EXPECT_EQ(findTensors(plan, {})[1].bytes, 4);
  EXPECT_EQ(arenaLowerBound(findTensors(plan, {})), 64);
}

TEST(Dataflow, AnArgumentGivenTwiceIsReadOnce) {
  NetworkPlan plan = planOf({{input(16), input(16), output(16)}});
  EXPECT_EQ(findTensors(plan, {})[0].readers, std::vector<int>{0});
}

/// Floats of a pixel each in the arena: `channels` of the `pitch` that lie there, from `channel`
/// on.
static BufferArgument part(int64_t offset, int64_t channels, int64_t pitch, int64_t channel) {
  return {{BufferPlace::Arena, 0, offset}, ElementType::F32, {channels, 8}, pitch, channel};
}

TEST(Dataflow, PartsOfOneBuffer) {
  // a, b = parts of ab; y = g(ab), z = h(b)
  NetworkPlan plan = planOf({{input(16), part(0, 6, 16, 0)},
                             {input(16), part(0, 10, 16, 6)},
                             {part(0, 16, 0, 0), output(16)},
                             {part(0, 10, 16, 6), output(16)}});
  std::vector<FlowingTensor> tensors = findTensors(plan, {});
  EXPECT_EQ(tensors[1].readers, std::vector<int>{2});
  EXPECT_EQ(tensors[2].readers, (std::vector<int>{2, 3}));
  EXPECT_EQ(tensors[1].bytes, 6 * 8 * 4);
  EXPECT_EQ(arenaLowerBound(tensors), 16 * 8 * 4);
}

TEST(Dataflow, AResultMayOverwriteAnInput) {
  NetworkPlan plan = planOf({{input(16), inArena(0, 16)},
                             {inArena(0, 16), inArena(0, 16)},
                             {inArena(0, 16), output(16)}});
  std::vector<FlowingTensor> tensors = findTensors(plan, {});
  EXPECT_EQ(tensors[1].readers, std::vector<int>{1});
  EXPECT_EQ(tensors[2].readers, std::vector<int>{2});
  EXPECT_EQ(arenaLowerBound(tensors), 64);
}

TEST(Dataflow, SymbolicSizes) {
  NetworkPlan plan = toyNetwork(); // x -> scaled, in the arena -> sums -> half
  std::vector<FlowingTensor> tensors = findTensors(plan, {2, 5, 8});
  ASSERT_EQ(tensors.size(), 4u);
  EXPECT_EQ(tensors[0].bytes, 2 * 5 * 8 * 4);
  EXPECT_EQ(tensors[1].bytes, 2 * 5 * 8 * 4);
  EXPECT_EQ(tensors[2].kind, BufferPlace::Output);
  EXPECT_EQ(tensors[2].readers, std::vector<int>{2}); // An output that a later kernel reads.
  EXPECT_EQ(arenaLowerBound(tensors), 320);
}

} // namespace cnnc
