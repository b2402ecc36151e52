// Every CPU of the table: the usual kernels compile for it, and where it is this machine's they
// compute the right numbers.
#include "tests/kernels/KernelCase.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace cnnc {

static constexpr Layout channelsLast = Layout::ChannelsLast;

/// What the middle of a network is made of: conv, bias, relu, and a pool that halves the size,
/// where `pool` is not 0.
static KernelCase convReluPool(const std::string &name, Ints filter, int64_t groups, int64_t pool) {
  KernelCase test(name);
  int64_t channels = filter[0], pad = filter[2] / 2, poolPad = pool - 2;
  int x = test.input({-1, filter[1] * groups, -2, -3}, channelsLast), w = test.weight(filter),
      b = test.weight({channels});
  Ints map = {-1, channels, -2, -3};
  test.op("conv", {x, w, b},
          convAttributes(2, {{"pads", Ints{pad, pad, pad, pad}}, {"groups", groups}}), map);
  test.op("relu", {test.lastValue()}, {}, map);
  if (pool != 0)
    test.op("max_pool", {test.lastValue()},
            windowAttributes(2, {{"strides", Ints{2, 2}},
                                 {"pads", Ints(4, poolPad)},
                                 {"kernel_shape", Ints{pool, pool}},
                                 {"ceil_mode", false}}),
            {-1, channels, -4, -5});
  test.output(channelsLast).at({{1, 6, 10, 3, 5}, {2, 18, 34, 9, 17}});
  return test;
}

static KernelCase depthwisePointwise() {
  KernelCase test("depthwise, clip, conv 1x1");
  Ints map = {-1, 40, -2, -3}, result = {-1, 48, -2, -3};
  int x = test.input(map, channelsLast), w = test.weight({40, 1, 3, 3}), b = test.weight({40}),
      v = test.weight({48, 40, 1, 1});
  test.op("conv", {x, w, b}, convAttributes(2, {{"pads", Ints(4, 1)}, {"groups", int64_t(40)}}),
          map);
  test.op("clip", {test.lastValue()}, {{"min", 0.0}, {"max", 6.0}}, map);
  test.op("conv", {test.lastValue(), v}, convAttributes(2), result).anchor(2);
  return test.output(channelsLast).at({{1, 6, 10}, {2, 18, 34}});
}

static KernelCase expansion() {
  KernelCase test("conv 1x1, clip, depthwise");
  Ints map = {-1, 40, -2, -3};
  int x = test.input({-1, 12, -2, -3}, channelsLast), w = test.weight({40, 12, 1, 1}),
      b = test.weight({40}), v = test.weight({40, 1, 3, 3});
  test.op("conv", {x, w, b}, convAttributes(2), map);
  test.op("clip", {test.lastValue()}, {{"min", 0.0}, {"max", 6.0}}, map);
  test.op("conv", {test.lastValue(), v},
          convAttributes(2, {{"pads", Ints(4, 1)}, {"groups", int64_t(40)}}), map)
      .anchor(2);
  return test.output(channelsLast).at({{1, 6, 10}, {2, 18, 34}});
}

static KernelCase filterGrad() {
  KernelCase test("filter gradient");
  int x = test.input({-1, 8, -2, -3}, channelsLast),
      dy = test.input({-1, 32, -2, -3}, channelsLast);
  test.op("conv_filter_grad", {x, dy},
          convAttributes(2, {{"kernel_shape", Ints{3, 3}}, {"pads", Ints(4, 1)}}), {32, 8, 3, 3});
  return test.output(channelsLast).at({{1, 6, 10}, {2, 18, 34}});
}

static KernelCase linear() {
  KernelCase test("linear");
  int x = test.input({-1, 40}), w = test.weight({10, 40}), b = test.weight({10});
  test.op("linear", {x, w, b}, {}, {-1, 10}).at({{1}, {5}});
  return test;
}

static KernelCase softmax() {
  KernelCase test("softmax");
  int x = test.input({-1, 10});
  test.op("softmax", {x}, {{"axis", int64_t(1)}, {"temperature", 1.0}}, {-1, 10}).at({{1}, {5}});
  return test;
}

static KernelCase squareInPlace() {
  KernelCase test("square");
  int x = test.input({-1, 21});
  test.op("mul", {x, x}, {}, {-1, 21}).inPlace(x).at({{1}, {5}});
  return test;
}

static std::vector<KernelCase> usualKernels() {
  return {convReluPool("conv, relu", {32, 8, 3, 3}, 1, 0),
          convReluPool("conv, relu, pool 2x2", {32, 8, 3, 3}, 1, 2),
          convReluPool("conv, relu, pool 3x3", {20, 8, 3, 3}, 1, 3),
          convReluPool("conv 1x1, relu, pool 3x3", {32, 8, 1, 1}, 1, 3),
          convReluPool("depthwise, relu", {24, 1, 3, 3}, 24, 0),
          depthwisePointwise(),
          filterGrad(),
          expansion(),
          convReluPool("conv, relu from part to part", {20, 8, 3, 3}, 1, 0).pitched(12),
          linear(),
          softmax(),
          squareInPlace()};
}

class EveryTarget : public testing::TestWithParam<std::string> {};

// Where Halide's LLVM does not like what it is given it aborts: each kernel has its own process, as
// in the compiler.
TEST_P(EveryTarget, compilesTheUsualKernels) {
  for (const KernelCase &test : usualKernels())
    EXPECT_EXIT(
        {
          CompiledKernel kernel = compileKernel(test.finished(GetParam()));
          std::_Exit(kernel.object.substr(0, 4) == "\177ELF" ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
}

TEST_P(EveryTarget, computesTheUsualKernels) {
  if (!runsHere(*findTarget(GetParam())))
    GTEST_SKIP() << "this CPU can not run code for " << GetParam()
                 << ", so no kernel for it was compared with the reference";
  for (KernelCase &test : usualKernels())
    test.target(GetParam()).check();
}

static std::vector<std::string> allTargets() {
  std::vector<std::string> names = targetNames();
  names.erase(std::find(names.begin(), names.end(), "host"));
  return names;
}

INSTANTIATE_TEST_SUITE_P(Targets, EveryTarget, testing::ValuesIn(allTargets()),
                         [](const auto &info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

} // namespace cnnc
