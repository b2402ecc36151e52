// emit-kernels: with a compiler of the test's own, and with Halide's.
#include "compiler/codegen/EmitKernels.h"

#include "tests/codegen/TemporaryFolder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <stdexcept>

namespace cnnc {

/// A kernel of one elementwise op over `channels` channels and run-time H and W.
static KernelSpec elementwise(const std::string &op, int64_t channels,
                              const std::string &target = "host") {
  KernelSpec spec;
  TensorDescription tensor = {ElementType::F32, {1, channels, -1, -2}};
  spec.graph.inputs = {tensor};
  spec.graph.ops = {{op, {0}, {}, tensor}};
  spec.layouts = {Layout::ChannelsLast};
  spec.isWeight = {false};
  spec.outputLayout = Layout::ChannelsLast;
  spec.target = *findTarget(target);
  spec.schedule = defaultSchedule(spec);
  return spec;
}

/// Options with a compiler that needs no time: the object is the text of the spec.
static EmitOptions quick() {
  EmitOptions options;
  options.cacheFolder = "";
  options.compile = [](const KernelSpec &spec) {
    return CompiledKernel{spec.toText(), SizeExpr::symbol(0) * 64, 64};
  };
  options.version = "test";
  return options;
}

TEST(EmitKernels, KeepsTheOrder) {
  std::vector<KernelSpec> specs;
  for (int64_t channels : {3, 1, 3, 2})
    specs.push_back(elementwise("relu", channels));
  auto kernels = emitKernels(specs, quick());
  ASSERT_TRUE(kernels) << kernels.error();
  for (size_t i = 0; i < specs.size(); ++i) {
    EXPECT_EQ((*kernels)[i].object, specs[i].toText());
    EXPECT_EQ((*kernels)[i].sharedScratch, SizeExpr::symbol(0) * 64);
  }
}

TEST(EmitKernels, CompilesEqualSpecsOnce) {
  TemporaryFolder folder;
  EmitOptions options = quick();
  options.compile = [&](const KernelSpec &) {
    std::ofstream(folder / "compiled", std::ios::app) << "x";
    return CompiledKernel{};
  };
  std::vector<std::pair<int, int>> progress;
  options.progress = [&](int done, int total) { progress.push_back({done, total}); };
  ASSERT_TRUE(emitKernels({elementwise("relu", 1), elementwise("relu", 2), elementwise("relu", 1)},
                          options));
  EXPECT_EQ(std::filesystem::file_size(folder / "compiled"), 2u);
  EXPECT_EQ(progress, (std::vector<std::pair<int, int>>{{0, 2}, {1, 2}, {2, 2}}));
}

TEST(EmitKernels, TakesFromTheCache) {
  TemporaryFolder folder;
  EmitOptions options = quick();
  options.cacheFolder = folder / "cache";
  auto first = emitKernels({elementwise("relu", 1)}, options);
  ASSERT_TRUE(first);
  options.compile = [](const KernelSpec &) -> CompiledKernel {
    throw std::runtime_error("compiled again");
  };
  auto second = emitKernels({elementwise("relu", 1)}, options);
  ASSERT_TRUE(second) << second.error();
  EXPECT_EQ((*first)[0].object, (*second)[0].object);
  options.version = "other";
  auto third = emitKernels({elementwise("relu", 1)}, options);
  ASSERT_FALSE(third) << "another version's kernel was taken";
}

TEST(EmitKernels, ErrorNamesTheKernel) {
  EmitOptions options = quick();
  options.compile = [](const KernelSpec &) -> CompiledKernel {
    throw std::runtime_error("no registers left");
  };
  KernelSpec spec = elementwise("relu", 1, "x86-64");
  auto kernels = emitKernels({spec}, options);
  ASSERT_FALSE(kernels);
  EXPECT_EQ(kernels.error(), "can not compile the kernel relu with schedule " +
                                 spec.schedule.algorithm + ", for x86-64: no registers left");
}

TEST(EmitKernels, SurvivesACrash) {
  EmitOptions options = quick();
  options.workers = 2;
  options.compile = [](const KernelSpec &spec) -> CompiledKernel {
    if (spec.graph.ops[0].result.shape[1] != 2)
      return {};
    std::fprintf(stderr, "Assertion failed: too bad\n");
    std::abort();
  };
  auto kernels = emitKernels(
      {elementwise("relu", 1), elementwise("relu", 2), elementwise("relu", 3)}, options);
  ASSERT_FALSE(kernels);
  EXPECT_NE(kernels.error().find("the process that compiled it was ended by \"Aborted\": "
                                 "Assertion failed: too bad"),
            std::string::npos)
      << kernels.error();
}

TEST(EmitKernels, SurvivesAnExit) {
  EmitOptions options = quick();
  options.compile = [](const KernelSpec &) -> CompiledKernel { _exit(3); };
  auto kernels = emitKernels({elementwise("relu", 1)}, options);
  ASSERT_FALSE(kernels);
  EXPECT_NE(kernels.error().find("ended without a result"), std::string::npos) << kernels.error();
}

TEST(EmitKernels, PassesLargeObjects) {
  EmitOptions options = quick();
  options.compile = [](const KernelSpec &) {
    return CompiledKernel{std::string(5 << 20, 'x'), 0, 0};
  };
  auto kernels = emitKernels({elementwise("relu", 1), elementwise("relu", 2)}, options);
  ASSERT_TRUE(kernels) << kernels.error();
  EXPECT_EQ((*kernels)[1].object.size(), size_t(5 << 20));
}

TEST(EmitKernels, HidesHalidesSettings) {
  setenv("HL_DEBUG_CODEGEN", "1", 1);
  EmitOptions options = quick();
  options.compile = [](const KernelSpec &) {
    return CompiledKernel{std::getenv("HL_DEBUG_CODEGEN") ? "seen" : "hidden", 0, 0};
  };
  auto kernels = emitKernels({elementwise("relu", 1)}, options);
  EXPECT_STREQ(std::getenv("HL_DEBUG_CODEGEN"), "1");
  unsetenv("HL_DEBUG_CODEGEN");
  ASSERT_TRUE(kernels);
  EXPECT_EQ((*kernels)[0].object, "hidden");
}

// ---- Halide ------------------------------------------------------------------------------------

static std::vector<KernelSpec> fewSpecs() {
  return {elementwise("relu", 8), elementwise("sigmoid", 8), elementwise("tanh", 3),
          elementwise("relu", 8, "arm-64-linux")};
}

TEST(EmitKernels, SameBytesForAnyOrderAndWorkers) {
  EmitOptions options;
  options.cacheFolder = "";
  options.workers = 1;
  std::vector<KernelSpec> specs = fewSpecs();
  auto first = emitKernels(specs, options);
  ASSERT_TRUE(first) << first.error();
  std::reverse(specs.begin(), specs.end());
  options.workers = 3;
  auto second = emitKernels(specs, options);
  ASSERT_TRUE(second) << second.error();
  for (size_t i = 0; i < specs.size(); ++i)
    EXPECT_TRUE((*first)[i].object == (*second)[specs.size() - 1 - i].object) << i;
}

TEST(EmitKernels, VersionNamesTheSources) {
  EXPECT_EQ(EmitOptions::kernelsVersion().rfind("halide ", 0), 0u);
  EXPECT_GT(EmitOptions::kernelsVersion().size(), 64u);
}

} // namespace cnnc
