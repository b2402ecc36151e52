// The curve of losses: its numbers and its lines.
#include "compiler/tool/train/Curve.h"

#include <gtest/gtest.h>

namespace cnnc {

static size_t occurrences(const std::string &text, const std::string &part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

TEST(Curve, AxesHaveRoundNumbers) {
  EXPECT_EQ(axisNumbers(0, 10, 5), (std::vector<double>{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ(axisNumbers(1, 4, 10), (std::vector<double>{1, 1.5, 2, 2.5, 3, 3.5, 4}));
  EXPECT_EQ(axisNumbers(0, 2300, 6).back(), 2000);
  for (double number : axisNumbers(0.01, 0.07, 6))
    EXPECT_TRUE(number >= 0.01 && number < 0.0701) << number;
}

TEST(Curve, HasALineForEachKindOfLoss) {
  std::string both = drawCurve("a < b", {{1, 2.5, 2.6}, {2, 1.5, 1.9}, {3, 1.0, 1.8}});
  EXPECT_EQ(occurrences(both, "<polyline"), 2u);
  EXPECT_EQ(occurrences(both, "<circle"), 6u);
  EXPECT_EQ(occurrences(both, ">validation<"), 1u);
  EXPECT_EQ(occurrences(both, "a &lt; b"), 1u);
  EXPECT_EQ(occurrences(both, ">-0<"), 0u);
  // Largest loss at the top, first epoch at the left, 0 at the bottom.
  EXPECT_NE(both.find("points=\"64.0,"), std::string::npos);
  EXPECT_NE(both.find("64.0,40.0"), std::string::npos);
  EXPECT_EQ(occurrences(drawCurve("t", {{1, 2.5, {}}, {2, 1, {}}}), "<polyline"), 1u);
}

TEST(Curve, OfOnePointOrOfZerosIsDrawnToo) {
  for (const std::string &svg :
       {drawCurve("t", {{5, 2.5, {}}}), drawCurve("t", {{1, 0, {}}, {2, 0, {}}})}) {
    EXPECT_EQ(svg.find("nan"), std::string::npos);
    EXPECT_EQ(svg.find("inf"), std::string::npos);
    EXPECT_EQ(occurrences(svg, "<polyline"), 1u);
  }
}

} // namespace cnnc
