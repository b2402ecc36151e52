// Pools, reductions and softmax.
#include "tests/kernels/KernelCase.h"

#include <gtest/gtest.h>

namespace cnnc {

static constexpr Layout channelsLast = Layout::ChannelsLast, rowMajor = Layout::RowMajor;

static void checkPool(const std::string &op, int64_t kernel, Attributes changes, bool sameSize,
                      std::vector<Ints> sizes, Layout layout = channelsLast,
                      int64_t channels = 24) {
  KernelCase test(op);
  int x = test.input({2, channels, -1, -2}, layout);
  changes.insert({"kernel_shape", Ints{kernel, kernel}});
  changes.insert({"ceil_mode", false});
  if (op == "avg_pool")
    changes.insert({"count_include_pad", false});
  test.op(op, {x}, windowAttributes(2, changes),
          sameSize ? Ints{2, channels, -1, -2} : Ints{2, channels, -3, -4})
      .output(layout)
      .at(std::move(sizes))
      .check();
}

TEST(Pool, halvesTheSize) {
  for (const char *op : {"max_pool", "avg_pool"})
    checkPool(op, 2, {{"strides", Ints{2, 2}}}, false, {{8, 10, 4, 5}, {2, 3, 1, 1}});
}

TEST(Pool, overlapping) {
  for (const char *op : {"max_pool", "avg_pool"})
    checkPool(op, 3, {{"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}}, false,
              {{8, 11, 4, 6}, {1, 1, 1, 1}, {2, 30, 1, 15}});
}

TEST(Pool, keepsTheSize) {
  for (const char *op : {"max_pool", "avg_pool"})
    checkPool(op, 3, {{"auto_pad", std::string("same")}}, true, {{8, 11}, {1, 1}});
}

TEST(Pool, ceilMode) {
  for (const char *op : {"max_pool", "avg_pool"})
    checkPool(op, 3, {{"strides", Ints{2, 2}}, {"ceil_mode", true}}, false,
              {{8, 9, 4, 4}, {6, 4, 3, 2}});
}

TEST(Pool, countsPadding) {
  checkPool("avg_pool", 3, {{"pads", Ints{1, 1, 1, 1}}, {"count_include_pad", true}}, true,
            {{8, 11}, {1, 1}});
}

TEST(Pool, rowMajorAndOddChannels) {
  checkPool("max_pool", 2, {{"strides", Ints{2, 2}}}, false, {{8, 10, 4, 5}}, rowMajor);
  checkPool("avg_pool", 2, {{"strides", Ints{2, 2}}}, false, {{8, 10, 4, 5}}, channelsLast, 5);
  checkPool("max_pool", 2, {{"strides", Ints{2, 2}}}, false, {{8, 10, 4, 5}}, channelsLast, 1);
}

static void checkPoolGrad(const std::string &op, Ints kernel, Attributes changes, bool sameSize,
                          std::vector<Ints> sizes, Layout layout = channelsLast,
                          int64_t channels = 24) {
  KernelCase test(op);
  Ints map = {2, channels}, pooled = map;
  int64_t spatial = static_cast<int64_t>(kernel.size());
  for (int64_t s = 0; s < spatial; ++s) {
    map.push_back(-1 - s);
    pooled.push_back(sameSize ? -1 - s : -1 - spatial - s);
  }
  changes.insert({"kernel_shape", kernel});
  changes.insert({"ceil_mode", false});
  bool isMax = op == "max_pool_grad";
  int first = test.input(isMax ? map : pooled, layout);
  int second = test.input(isMax ? pooled : map, layout);
  if (!isMax)
    changes.insert({"count_include_pad", false});
  test.op(op, {first, second}, windowAttributes(static_cast<int>(spatial), changes), map)
      .output(layout)
      .at(std::move(sizes))
      .check();
}

TEST(PoolGrad, ofWindowsApart) {
  for (const char *op : {"max_pool_grad", "avg_pool_grad"}) {
    checkPoolGrad(op, {2, 2}, {{"strides", Ints{2, 2}}}, false, {{8, 10, 4, 5}, {3, 3, 1, 1}});
    checkPoolGrad(op, {1, 2}, {{"strides", Ints{3, 3}}}, false, {{8, 10, 3, 3}});
  }
}

TEST(PoolGrad, ofWindowsThatOverlap) {
  for (const char *op : {"max_pool_grad", "avg_pool_grad"}) {
    checkPoolGrad(op, {3, 3}, {{"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}}, false,
                  {{8, 11, 4, 6}, {1, 1, 1, 1}, {2, 30, 1, 15}});
    checkPoolGrad(op, {3, 2}, {{"auto_pad", std::string("same")}}, true, {{8, 11}, {1, 1}});
    checkPoolGrad(op, {2, 3}, {{"dilations", Ints{2, 3}}, {"pads", Ints{1, 3, 1, 3}}}, true,
                  {{8, 11}, {2, 7}});
    checkPoolGrad(op, {3, 3}, {{"strides", Ints{2, 2}}, {"ceil_mode", true}}, false,
                  {{8, 9, 4, 4}, {6, 4, 3, 2}});
  }
}

TEST(PoolGrad, inAnyLayoutAndNumberOfDims) {
  for (const char *op : {"max_pool_grad", "avg_pool_grad"}) {
    checkPoolGrad(op, {2, 2}, {{"strides", Ints{2, 2}}}, false, {{8, 10, 4, 5}}, rowMajor);
    checkPoolGrad(op, {2, 2}, {{"strides", Ints{2, 2}}}, false, {{8, 10, 4, 5}}, channelsLast, 5);
    checkPoolGrad(op, {3}, {{"strides", Ints{2}}}, false, {{9, 4}});
    checkPoolGrad(op, {2, 2, 2}, {{"strides", Ints{2, 1, 2}}}, false, {{4, 3, 5, 2, 2, 2}});
  }
}

TEST(PoolGrad, countsPadding) {
  checkPoolGrad("avg_pool_grad", {3, 3}, {{"pads", Ints{1, 1, 1, 1}}, {"count_include_pad", true}},
                true, {{8, 11}, {1, 1}});
}

static void checkReduceOverSpace(int64_t channels) {
  for (const char *op : {"reduce_mean", "reduce_max", "reduce_sum"})
    for (Layout layout : {channelsLast, rowMajor})
      for (bool keepDims : {false, true}) {
        KernelCase test(op);
        int x = test.input({-1, channels, -2, -3}, layout);
        test.op(op, {x}, {{"axes", Ints{2, 3}}, {"keepdims", keepDims}},
                keepDims ? Ints{-1, channels, 1, 1} : Ints{-1, channels})
            .output(keepDims ? layout : rowMajor)
            .at({{2, 3, 19}, {1, 1, 1}, {1, 7, 7}})
            .check();
      }
}

TEST(Reduce, overSpace) { checkReduceOverSpace(37); }

// Several pixels of two or four channels make a vector.
TEST(Reduce, overSpaceOfFewChannels) {
  for (int64_t channels : {1, 2, 4})
    checkReduceOverSpace(channels);
}

TEST(Reduce, overAnyDims) {
  for (const Ints &axes : {Ints{1}, Ints{0, 2}, Ints{2}, Ints{0, 1, 2}, Ints{0}}) {
    KernelCase test("axes");
    int x = test.input({3, 5, -1});
    Ints all = {3, 5, -1}, result;
    for (int64_t dim = 0; dim < 3; ++dim)
      if (std::find(axes.begin(), axes.end(), dim) == axes.end())
        result.push_back(all[static_cast<size_t>(dim)]);
    test.op("reduce_sum", {x}, {{"axes", axes}, {"keepdims", false}}, result)
        .at({{1}, {7}, {50}})
        .check();
  }
}

TEST(Softmax, alongAnyAxis) {
  for (Layout layout : {channelsLast, rowMajor})
    for (int64_t axis = 0; axis < 4; ++axis) {
      KernelCase test("axis " + std::to_string(axis));
      int x = test.input({2, 21, -1, -2}, layout);
      test.op("softmax", {x}, {{"axis", axis}, {"temperature", 1.0}}, {2, 21, -1, -2})
          .output(layout)
          .range(-20, 20)
          .at({{3, 5}, {1, 1}, {2, 40}})
          .check();
      KernelCase logarithm("logarithm, axis " + std::to_string(axis));
      x = logarithm.input({2, 21, -1, -2}, layout);
      logarithm.op("log_softmax", {x}, {{"axis", axis}}, {2, 21, -1, -2})
          .output(layout)
          .range(-100, 100)
          .at({{3, 5}, {1, 1}, {2, 40}})
          .check();
    }
}

TEST(Softmax, ofClasses) {
  KernelCase test("classes");
  int x = test.input({-1, 1000});
  test.op("softmax", {x}, {{"axis", int64_t(1)}, {"temperature", 0.5}}, {-1, 1000})
      .range(-90, 90)
      .at({{1}, {3}})
      .check();
  KernelCase vector("vector");
  x = vector.input({10});
  vector.op("softmax", {x}, {{"axis", int64_t(0)}, {"temperature", -2.0}}, {10}).check();
}

} // namespace cnnc
