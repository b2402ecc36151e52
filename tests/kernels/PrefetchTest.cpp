// Filters that do not stay in the L2 cache are fetched ahead of their use, others are not.
#include "tests/kernels/KernelCase.h"

#include <gtest/gtest.h>

namespace cnnc {

static KernelCase conv(int64_t inputs, int64_t channels, int64_t taps, int64_t height = -1,
                       int64_t width = -2) {
  KernelCase test("conv of " + std::to_string(inputs) + " channels");
  int64_t pad = taps / 2;
  int x = test.input({1, inputs, height, width}, Layout::ChannelsLast);
  int w = test.weight({channels, inputs, taps, taps});
  test.op("conv", {x, w}, convAttributes(2, {{"pads", Ints{pad, pad, pad, pad}}}),
          {1, channels, height, width})
      .output(Layout::ChannelsLast);
  return test;
}

static KernelCase linear(int64_t rows) {
  KernelCase test("linear of " + std::to_string(rows) + " rows");
  int x = test.input({rows, 512}), w = test.weight({256, 512});
  test.op("linear", {x, w}, {}, {rows, 256});
  return test;
}

// x86's `prefetchnta`, which is what Halide's fetch becomes: 0F 18 /0.
static int fetchesIn(const KernelSpec &spec) {
  std::string code = compileKernel(spec).object;
  int count = 0;
  for (size_t i = 0; i + 2 < code.size(); ++i)
    count += code[i] == '\x0f' && code[i + 1] == '\x18' && ((code[i + 2] >> 3) & 7) == 0;
  return count;
}

static int fetchesWithCache(KernelSpec spec, int64_t l2Bytes) {
  spec.target.l2Bytes = l2Bytes;
  return fetchesIn(spec);
}

TEST(Prefetch, filtersLargerThanTheCache) {
  for (const char *target : {"x86-64-avx512", "x86-64-avx2"})
    for (int64_t taps : {1, 3}) {
      KernelSpec spec = conv(64, 64, taps).finished(target);
      EXPECT_GT(fetchesWithCache(spec, 1 << 10), 0) << spec.toText();
      EXPECT_EQ(fetchesWithCache(spec, 1 << 24), 0) << spec.toText();
    }
}

TEST(Prefetch, inEveryAlgorithmOfRegisterTiles) {
  KernelCase winograd = conv(64, 64, 3, 14, 14);
  winograd.schedule(smallWinograd(4));
  EXPECT_GT(fetchesWithCache(winograd.finished("x86-64-avx2"), 1 << 10), 0);
}

// One row uses each number of the filter once: there is nothing to compute meanwhile.
TEST(Prefetch, whereTilesShareTheFilter) {
  EXPECT_EQ(fetchesWithCache(linear(1).finished("x86-64-avx2"), 1 << 10), 0);
  EXPECT_EQ(fetchesWithCache(linear(-1).finished("x86-64-avx2"), 1 << 10), 0);
  EXPECT_GT(fetchesWithCache(linear(64).finished("x86-64-avx2"), 1 << 10), 0);
}

// With vectors along the rows, numbers of the filter are read one by one.
TEST(Prefetch, whereLinesAreRead) {
  KernelCase rows = conv(64, 64, 3);
  rows.schedule(
      {"row", {{"lanes", 8}, {"vectors", 2}, {"channels", 1}, {"rows", 4}, {"parallel", 1}}});
  EXPECT_EQ(fetchesWithCache(rows.finished("x86-64-avx2"), 1 << 10), 0);
}

TEST(Prefetch, changesNoResult) {
  conv(512, 300, 1).at({{7, 7}, {1, 1}, {3, 20}}).check();
  conv(256, 80, 3, 7, 7).checkSchedules(6);
  conv(512, 300, 1, 7, 7).checkSchedules(6);
}

} // namespace cnnc
