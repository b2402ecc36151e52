// Blocks of pixels from channels, alone and with what follows a transposed convolution.
#include "tests/kernels/KernelCase.h"

#include <gtest/gtest.h>

namespace cnnc {

static constexpr Layout channelsLast = Layout::ChannelsLast;

static Attributes blocksOf(Ints blocks, Ints crops = {}, int64_t groups = 1) {
  return {{"blocks", blocks}, {"crops", crops}, {"groups", groups}};
}

TEST(DepthToSpace, groups) {
  for (int64_t groups : {1, 2, 12}) {
    KernelCase test(std::to_string(groups) + " groups");
    int x = test.input({-1, 48, -2, -3}, channelsLast);
    test.op("depth_to_space", {x}, blocksOf({2, 2}, {}, groups), {-1, 12, -4, -5})
        .output(channelsLast)
        .at({{2, 3, 5, 6, 10}, {1, 1, 1, 2, 2}})
        .check();
  }
}

TEST(DepthToSpace, cropped) {
  KernelCase test("3x2, cropped");
  int x = test.input({1, 54, -1, -2}, channelsLast);
  test.op("depth_to_space", {x}, blocksOf({3, 2}, {1, 0, 4, 1}), {1, 9, -3, -4})
      .output(channelsLast)
      .at({{3, 5, 4, 9}, {2, 1, 1, 1}})
      .check();
}

TEST(DepthToSpace, anyNumberOfSpatialDims) {
  KernelCase row("1-D"), volume("3-D");
  int x = row.input({1, 6, -1}, channelsLast);
  row.op("depth_to_space", {x}, blocksOf({3}), {1, 2, -2}).at({{1, 3}, {7, 21}}).check();
  x = volume.input({1, 16, 2, 3, 1}, channelsLast);
  volume.op("depth_to_space", {x}, blocksOf({2, 2, 2}), {1, 2, 4, 6, 2}).check();
}

TEST(DepthToSpace, thenElementwise) {
  KernelCase test("scale, add, relu");
  int x = test.input({1, 48, -1, -2}, channelsLast), scale = test.weight({12, 1, 1}),
      skip = test.input({1, 12, -3, -4}, channelsLast);
  Ints result = {1, 12, -3, -4};
  test.op("depth_to_space", {x}, blocksOf({2, 2}), result);
  test.op("mul", {test.lastValue(), scale}, {}, result);
  test.op("add", {test.lastValue(), skip}, {}, result);
  test.op("relu", {test.lastValue()}, {}, result)
      .output(channelsLast)
      .at({{3, 5, 6, 10}, {1, 1, 2, 2}})
      .check();
}

} // namespace cnnc
