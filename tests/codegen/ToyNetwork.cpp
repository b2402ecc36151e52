#include "tests/codegen/ToyNetwork.h"

#include "TestPaths.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace cnnc {

static const float factor = 3, offset = 0.5f;

std::string readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << "can not read " << path;
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

/// The least demanding target that runs here: the test's kernels need no features.
static Target baseline() {
  const Target *target = findTarget("x86-64");
  return runsHere(*target) ? *target : *findTarget("host");
}

static PlannedKernel kernelFrom(const std::string &name, const std::string &path) {
  PlannedKernel kernel;
  kernel.name = name;
  kernel.compiled.object = readFile(path);
  return kernel;
}

static WeightBlock blockOf(int64_t byte, float value) {
  return {byte, std::make_shared<const std::vector<float>>(1, value)};
}

static BufferPlace at(BufferPlace::Kind kind, int index, SizeExpr byte = 0) {
  return {kind, index, byte};
}

static NetworkPlan planFor(const std::string &name, SizeExpr n, SizeExpr h, SizeExpr w) {
  NetworkPlan plan;
  plan.name = name;
  plan.target = baseline();
  plan.inputs = {{"x", ElementType::F32, {n, 1, h, w}, false}};
  SizeExpr half = ceilDiv(h, 2);
  plan.outputs = {{"sums", ElementType::F32, {n, h}, false},
                  {"half", ElementType::F32, {n, half}, false}};
  plan.kernels = {kernelFrom("scale", CNNC_TEST_SCALE), kernelFrom("row_sums", CNNC_TEST_ROW_SUMS),
                  kernelFrom("every_second", CNNC_TEST_EVERY_SECOND)};
  const BufferArgument x = {at(BufferPlace::Input, 0), ElementType::F32, {w, h, 1, n}};
  const BufferArgument scaled = {at(BufferPlace::Arena, 0, 64), ElementType::F32, {w, h, 1, n}};
  const BufferArgument sums = {at(BufferPlace::Output, 0), ElementType::F32, {h, n}};
  plan.run.calls = {
      {"scale",
       0,
       {x,
        {at(BufferPlace::Weights, 0, 0), ElementType::F32, {1}},
        {at(BufferPlace::Weights, 0, 128), ElementType::F32, {}},
        scaled},
       {}},
      {"sum", 1, {scaled, sums}, {}},
      {"second", 2, {sums, {at(BufferPlace::Output, 1), ElementType::F32, {half, n}}}, {}}};
  // Not in the order of their offsets, and with a gap between them.
  plan.weights = {blockOf(128, offset), blockOf(0, factor)};
  plan.weightBytes = 192;
  plan.run.arenaBytes = 64 + roundUp(n * h * w * 4, 64);
  plan.run.sharedScratch = roundUp(n * h * w * 4, 64) + 64;
  plan.run.workerScratch = roundUp(w * 4, 64) + 64;
  return plan;
}

NetworkPlan toyNetwork(const std::string &name) {
  SizeExpr w = SizeExpr::symbol(2);
  NetworkPlan plan = planFor(name, SizeExpr::symbol(0), SizeExpr::symbol(1), w);
  plan.sizes = {"N", "H", "W"};
  plan.typicalSizes = {1, 16, 32};
  plan.checks = {{w, 1, 4}};
  return plan;
}

NetworkPlan staticToyNetwork(const std::string &name) { return planFor(name, 2, 5, 8); }

NetworkPlan failingNetwork() {
  NetworkPlan plan;
  plan.name = "failing";
  plan.target = baseline();
  plan.inputs = {{"x", ElementType::U8, {3}, false}};
  plan.outputs = {{"y", ElementType::I64, {3}, false}};
  plan.kernels = {kernelFrom("fails", CNNC_TEST_FAILING)};
  plan.run.calls = {{"fails",
                     0,
                     {{at(BufferPlace::Input, 0), ElementType::U8, {3}},
                      {at(BufferPlace::Output, 0), ElementType::I64, {3}}},
                     {}}};
  return plan;
}

std::vector<float> toyInput(int64_t n, int64_t h, int64_t w) {
  std::vector<float> x;
  for (int64_t i = 0; i < n * h * w; ++i)
    x.push_back(static_cast<float>(i * 7 % 31) / 4);
  return x;
}

ToyOutputs toyOutputs(const std::vector<float> &x, int64_t n, int64_t h, int64_t w) {
  ToyOutputs outputs;
  for (int64_t row = 0; row < n * h; ++row) {
    float sum = 0;
    for (int64_t i = 0; i < w; ++i)
      sum += x[static_cast<size_t>(row * w + i)] * factor + offset;
    outputs.sums.push_back(sum);
    if (row % h % 2 == 0)
      outputs.half.push_back(sum);
  }
  return outputs;
}

} // namespace cnnc
