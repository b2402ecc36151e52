// Multiply-adds, against numbers worked out by hand.
#include "compiler/support/Work.h"

#include <gtest/gtest.h>

namespace cnnc {

TEST(Work, ConvSumsOverAFilter) {
  // The first layer of ResNet: 64 filters of 3 x 7 x 7, 112 x 112 results of each.
  EXPECT_EQ(productsPerElement("conv", {{1, 3, 224, 224}, {64, 3, 7, 7}}), 147);
  EXPECT_EQ(countMultiplyAdds("conv", {{1, 3, 224, 224}, {64, 3, 7, 7}}, {1, 64, 112, 112}),
            118013952);
}

TEST(Work, ABiasCostsNothing) {
  EXPECT_EQ(countMultiplyAdds("conv", {{1, 2, 5}, {4, 2, 3}, {4}}, {1, 4, 5}), 120);
}

TEST(Work, GroupsSumOverTheirOwnChannels) {
  EXPECT_EQ(countMultiplyAdds("conv", {{1, 96, 7, 7}, {96, 1, 3, 3}}, {1, 96, 7, 7}), 96 * 49 * 9);
}

TEST(Work, FlippedFiltersCostTheSame) {
  EXPECT_EQ(countMultiplyAdds("true_conv", {{1, 1, 4, 4}, {1, 1, 3, 3}}, {1, 1, 2, 2}), 36);
}

TEST(Work, TransposedConvolutionsGoByTheirInput) {
  EXPECT_EQ(countMultiplyAdds("conv_transpose", {{1, 8, 5, 5}, {8, 3, 4, 4}}, {1, 3, 10, 10}),
            8 * 25 * 3 * 16);
}

TEST(Work, Products) {
  EXPECT_EQ(countMultiplyAdds("linear", {{5, 8}, {3, 8}, {3}}, {5, 3}), 120);
  EXPECT_EQ(countMultiplyAdds("matmul", {{4, 2, 3}, {3, 5}}, {4, 2, 5}), 120);
}

TEST(Work, OtherOpsHaveNoMultiplyAdds) {
  EXPECT_EQ(productsPerElement("relu", {{1, 64, 56, 56}}), 0);
  EXPECT_EQ(countMultiplyAdds("max_pool", {{1, 64, 56, 56}}, {1, 64, 28, 28}), 0);
  EXPECT_EQ(countMultiplyAdds("add", {{2, 3}, {2, 3}}, {2, 3}), 0);
}

} // namespace cnnc
