// What lowering makes of a plan: expressions, rules for sizes, large networks, foreign targets.
#include "compiler/codegen/Lower.h"
#include "compiler/codegen/SizeRules.h"

#include "compiler/codegen/EmitKernels.h"
#include "compiler/codegen/Load.h"
#include "compiler/codegen/Objects.h"
#include "tests/codegen/ToyNetwork.h"

#include <gtest/gtest.h>

#include <llvm/BinaryFormat/ELF.h>
#include <llvm/Object/ELFObjectFile.h>

namespace cnnc {

static SizeExpr symbol(int index) { return SizeExpr::symbol(index); }

// ---- Expressions -------------------------------------------------------------------------------

/// A network without kernels, its output's dims the given expressions of two sizes.
static NetworkPlan planWith(const std::vector<SizeExpr> &dims) {
  NetworkPlan plan = toyNetwork();
  plan.sizes = {"H", "W"};
  plan.typicalSizes = {1, 1};
  plan.inputs = {{"x", ElementType::F32, {symbol(0), symbol(1)}, false}};
  plan.outputs = {{"y", ElementType::F32, dims, false}};
  plan.checks.clear();
  plan.run.calls.clear();
  plan.weights.clear();
  plan.weightBytes = 0;
  plan.run.arenaBytes = plan.run.sharedScratch = plan.run.workerScratch = 0;
  return plan;
}

TEST(Lower, ExpressionsHaveTheirValue) {
  const SizeExpr h = symbol(0), w = symbol(1);
  const std::vector<SizeExpr> dims = {h + w,
                                      h - w,
                                      h * w,
                                      floorDiv(h, 3),
                                      floorDiv(h - w, 4),
                                      mod(h - w, 5),
                                      mod(h, 7),
                                      min(h, w),
                                      max(h - w, 2),
                                      floorDiv(h * 5, w),
                                      mod(h - 9, w),
                                      floorDiv(h - 9, w - 3),
                                      ceilDiv(h, 2),
                                      roundUp(h * w, 64),
                                      floorDiv(w - h, 2)};
  const NetworkPlan plan = planWith(dims);
  Result<LoadedNetwork> loaded = LoadedNetwork::load(plan);
  ASSERT_TRUE(loaded) << loaded.error();
  const cnnrt_network &network = loaded->network();
  for (std::vector<int64_t> sizes :
       {std::vector<int64_t>{1, 1}, {2, 7}, {17, 5}, {100, 1}, {9, 224}})
    for (size_t dim = 0; dim < dims.size(); ++dim)
      EXPECT_EQ(cnnrt_dim(&network, &network.outputs[0], static_cast<int>(dim), sizes.data()),
                dims[dim].evaluate(sizes))
          << dims[dim].toString() << " at " << sizes[0] << ", " << sizes[1];
}

TEST(Lower, DivisionByZeroIsNoCrash) {
  const NetworkPlan plan = planWith({floorDiv(symbol(0), symbol(1) - 1)});
  Result<LoadedNetwork> loaded = LoadedNetwork::load(plan);
  ASSERT_TRUE(loaded) << loaded.error();
  const int64_t sizes[] = {5, 1};
  EXPECT_EQ(cnnrt_dim(&loaded->network(), &loaded->network().outputs[0], 0, sizes), 5);
}

static BufferArgument buffer(std::vector<SizeExpr> extents) {
  BufferArgument argument;
  argument.extents = std::move(extents);
  return argument;
}

// ---- Rules -------------------------------------------------------------------------------------

TEST(SizeRules, TakeTheLargestOfProportionalBuffers) {
  NetworkPlan plan = planWith({1});
  const SizeExpr h = symbol(0), w = symbol(1);
  plan.run.calls = {{"k", 0, {buffer({3, w, h}), buffer({h, 64, w})}, {}}};
  ExpressionTable expressions(plan);
  auto rules = sizeRules(plan, expressions);
  ASSERT_TRUE(rules);
  ASSERT_EQ(rules->size(), 1u);
  EXPECT_EQ(expressions.text((*rules)[0].expression), "64*(H*W)");
  EXPECT_EQ((*rules)[0].condition, CNNRT_AT_MOST);
}

TEST(SizeRules, APartOfTheChannelsSpansThemAll) {
  NetworkPlan plan = planWith({1});
  BufferArgument part = buffer({3, symbol(0)});
  part.pitch = 16;
  plan.run.calls = {{"k", 0, {part}, {}}};
  ExpressionTable expressions(plan);
  auto rules = sizeRules(plan, expressions);
  ASSERT_TRUE(rules);
  ASSERT_EQ(rules->size(), 1u);
  EXPECT_EQ(expressions.text((*rules)[0].expression), "16*H");
}

TEST(SizeRules, MultipleOfASize) {
  NetworkPlan plan = planWith({1});
  plan.checks = {{symbol(0), 1, symbol(1)}, {symbol(0) - 6, 1, 1}};
  Result<LoadedNetwork> loaded = LoadedNetwork::load(plan);
  ASSERT_TRUE(loaded) << loaded.error();
  char message[100];
  auto check = [&](int64_t h, int64_t w) {
    const int64_t sizes[] = {h, w};
    return loaded->network().check_sizes(sizes, message, sizeof message);
  };
  EXPECT_EQ(check(12, 4), CNNRT_OK);
  EXPECT_EQ(check(13, 4), CNNRT_UNSUPPORTED_SIZE);
  EXPECT_STREQ(message, "H%W is 1, it must be 0");
  EXPECT_EQ(check(6, 3), CNNRT_UNSUPPORTED_SIZE);
  EXPECT_STREQ(message, "H-6 is 0, it must be at least 1");
}

TEST(SizeRules, WhatNoSizeCanMendIsAnError) {
  NetworkPlan plan = planWith({1});
  plan.run.calls = {{"k", 0, {buffer({65536, 65536})}, {}}};
  ExpressionTable expressions(plan);
  auto rules = sizeRules(plan, expressions);
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error(), "a tensor of the network has 4294967296 elements, it can have at most "
                           "2147483647; use smaller sizes or batches");
  plan.run.calls.clear();
  plan.checks = {{SizeExpr(30), 1, 32}};
  rules = sizeRules(plan, expressions);
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error(), "a size of the network is 30, it must be a multiple of 32");
}

// ---- Large networks ----------------------------------------------------------------------------

TEST(Lower, LargeNetworksAreSmall) {
  NetworkPlan plan = toyNetwork();
  const std::vector<KernelCall> calls = plan.run.calls;
  const SizeExpr n = symbol(0);
  SizeExpr h = symbol(1), w = symbol(2), used = 64;
  plan.run.calls.clear();
  for (int64_t layer = 0; layer < 200; ++layer) {
    if (layer % 40 == 39) {
      h = ceilDiv(h, 2);
      w = ceilDiv(w, 2);
    }
    KernelCall call = calls[0];
    call.name = "layer" + std::to_string(layer);
    for (size_t argument : {0, 3}) {
      call.arguments[argument].place = {BufferPlace::Arena, 0, used};
      call.arguments[argument].extents = {16 + layer % 7, w, h, n};
    }
    used = max(used, roundUp(n * h * w * (layer + 1), 64));
    plan.run.calls.push_back(call);
  }
  plan.run.arenaBytes = used;
  Result<std::string> object = lowerToObject(plan);
  ASSERT_TRUE(object) << object.error();
  EXPECT_LT(object->size(), 150000u);
  RecordProperty("bytes", static_cast<int>(object->size()));
}

// ---- Targets -----------------------------------------------------------------------------------

/// A network of one kernel by Halide for any target, its tensors of H rows and W columns. Where
/// W is known the rows may lie `pitch` apart.
static NetworkPlan reluNetwork(const std::string &target, int64_t width = -2, int64_t pitch = 0) {
  NetworkPlan plan = planWith({symbol(0), symbol(1)});
  plan.name = "rectifier";
  plan.target = *findTarget(target);
  const TensorDescription tensor = {ElementType::F32, {-1, width}};
  KernelSpec spec;
  spec.graph.inputs = {tensor};
  spec.graph.ops = {{"relu", {0}, {}, tensor}};
  spec.layouts = {Layout::RowMajor};
  spec.isWeight = {false};
  spec.pitches = {pitch};
  spec.outputPitch = pitch;
  spec.target = plan.target;
  spec.schedule = defaultSchedule(spec);
  EmitOptions options;
  options.cacheFolder = "";
  auto kernels = emitKernels({spec}, options);
  EXPECT_TRUE(kernels) << kernels.error();
  if (!kernels)
    return plan;
  plan.kernels = {{"relu", spec, (*kernels)[0]}};
  std::vector<SizeExpr> extents = {width < 0 ? symbol(1) : SizeExpr(width), symbol(0)};
  plan.run.calls = {{"relu", 0, {buffer(extents), buffer(extents)}, {symbol(0), symbol(1)}}};
  plan.run.calls[0].arguments[0].place.kind = BufferPlace::Input;
  plan.run.calls[0].arguments[1].place.kind = BufferPlace::Output;
  plan.run.sharedScratch = (*kernels)[0].sharedScratch;
  plan.run.workerScratch = (*kernels)[0].workerScratch;
  plan.weights = {{0, std::make_shared<const std::vector<float>>(3, 1.0f)}};
  plan.weightBytes = 64;
  return plan;
}

struct Machine {
  std::string target;
  unsigned number;
  unsigned flags;
};

class EveryTarget : public testing::TestWithParam<Machine> {};

TEST_P(EveryTarget, GivesObjectsOfItsMachine) {
  const NetworkPlan plan = reluNetwork(GetParam().target);
  auto objects = networkObjects(plan);
  ASSERT_TRUE(objects) << objects.error();
  ASSERT_EQ(objects->size(), 3u);
  for (const ObjectFile &object : *objects) {
    auto file = llvm::object::ObjectFile::createELFObjectFile(object.content->getMemBufferRef());
    ASSERT_TRUE(static_cast<bool>(file)) << object.name;
    auto *elf = llvm::cast<llvm::object::ELFObjectFileBase>(file->get());
    EXPECT_EQ(elf->getEMachine(), GetParam().number) << object.name;
    EXPECT_EQ(elf->getPlatformFlags() & GetParam().flags, GetParam().flags)
        << object.name << " has another floating point ABI";
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, EveryTarget,
                         testing::Values(Machine{"x86-64", llvm::ELF::EM_X86_64, 0},
                                         Machine{"x86-64-avx512", llvm::ELF::EM_X86_64, 0},
                                         Machine{"arm-64-linux", llvm::ELF::EM_AARCH64, 0},
                                         Machine{"riscv-64-linux", llvm::ELF::EM_RISCV,
                                                 llvm::ELF::EF_RISCV_FLOAT_ABI_DOUBLE |
                                                     llvm::ELF::EF_RISCV_RVC}),
                         [](const auto &info) {
                           std::string name = info.param.target;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Lower, HalideKernelRunsHere) {
  const NetworkPlan plan = reluNetwork("host");
  Result<LoadedNetwork> loaded = LoadedNetwork::load(plan);
  ASSERT_TRUE(loaded) << loaded.error();
  std::vector<float> x(7 * 33), y(7 * 33, -1);
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<float>(i % 5) - 2;
  Status ran = loaded->run({x.data()}, {y.data()}, {7, 33});
  ASSERT_TRUE(ran) << ran.error();
  for (size_t i = 0; i < x.size(); ++i)
    ASSERT_EQ(y[i], std::max(x[i], 0.0f)) << i;
}

TEST(Lower, AnArgumentMayBeAPartOfTheChannels) {
  NetworkPlan plan = reluNetwork("host", /*width=*/3, /*pitch=*/8);
  for (BufferArgument &argument : plan.run.calls[0].arguments)
    argument.pitch = 8;
  plan.run.calls[0].arguments[0].channel = 4;
  plan.run.calls[0].arguments[1].channel = 1;
  Result<LoadedNetwork> loaded = LoadedNetwork::load(plan);
  ASSERT_TRUE(loaded) << loaded.error();
  std::vector<float> x(5 * 8), y(5 * 8, -1), expected = y;
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<float>(i % 7) - 3;
  for (size_t row = 0; row < 5; ++row)
    for (size_t i = 0; i < 3; ++i)
      expected[row * 8 + 1 + i] = std::max(x[row * 8 + 4 + i], 0.0f);
  Status ran = loaded->run({x.data()}, {y.data()}, {5, 8});
  ASSERT_TRUE(ran) << ran.error();
  EXPECT_EQ(y, expected);
  std::vector<float> again(5 * 8, -1);
  ran = loaded->callKernel(plan.run.calls[0], {x.data() + 4, again.data() + 1}, {5, 8});
  ASSERT_TRUE(ran) << ran.error();
  EXPECT_EQ(again, expected);
}

} // namespace cnnc
