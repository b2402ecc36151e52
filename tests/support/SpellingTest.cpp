#include "compiler/support/Spelling.h"

#include <gtest/gtest.h>

using namespace cnnc;

TEST(Spelling, DistanceCountsLetters) {
  EXPECT_EQ(editDistance("", ""), 0);
  EXPECT_EQ(editDistance("relu", "relu"), 0);
  EXPECT_EQ(editDistance("relu", ""), 4);
  EXPECT_EQ(editDistance("rleu", "relu"), 1);
  EXPECT_EQ(editDistance("max_pol", "max_pool"), 1);
}

TEST(Spelling, OnlyASlipOfThePenIsNear) {
  std::vector<std::string> words = {"conv", "relu", "max_pool", "avg_pool"};
  EXPECT_EQ(nearestName("max_pol", words), "max_pool");
  EXPECT_EQ(nearestName("cov", words), "conv");
  EXPECT_EQ(nearestName("softmax", words), "");
}

TEST(Spelling, TheSentenceProposesOrLists) {
  EXPECT_EQ(suggestion("rel", {"conv", "relu"}), "; did you mean 'relu'?");
  EXPECT_EQ(suggestion("softmax", {"conv", "relu"}), "; there are 'conv', 'relu'");
  EXPECT_EQ(suggestion("softmax", {"conv"}), "; there is only 'conv'");
  EXPECT_EQ(suggestion("softmax", {}), "; there are none");
  EXPECT_EQ(suggestion("z9z9", {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}),
            "; there are 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h' and 2 more");
}
