// SizeExpr: rules, text, and random expressions against plain integers.
#include "compiler/support/SizeExpr.h"

#include "gtest/gtest.h"

#include <random>

namespace cnnc {
namespace {

const SizeExpr h = SizeExpr::symbol(0), w = SizeExpr::symbol(1);

TEST(SizeExpr, ConstantsFold) {
  EXPECT_EQ((SizeExpr(2) + 3 * SizeExpr(4)).value(), 14);
  EXPECT_EQ(floorDiv(-7, 2).value(), -4);
  EXPECT_EQ(ceilDiv(-7, 2).value(), -3);
  EXPECT_EQ(ceilDiv(7, 2).value(), 4);
  EXPECT_EQ(mod(-7, 2).value(), 1);
  EXPECT_EQ(min(3, 5).value(), 3);
  EXPECT_EQ(max(3, 5).value(), 5);
  EXPECT_EQ(roundUp(65, 64).value(), 128);
  EXPECT_EQ(roundUp(64, 64).value(), 64);
  EXPECT_TRUE(SizeExpr().isConstant());
}

struct Rule {
  SizeExpr expression;
  const char *text;
};

TEST(SizeExpr, Rules) {
  const Rule rules[] = {
      {h + 0, "s0"},
      {h - 0, "s0"},
      {h * 1, "s0"},
      {h * 0, "0"},
      {0 * h, "0"},
      {floorDiv(h, 1), "s0"},
      {mod(h, 1), "0"},
      {(h + 1) + 2, "s0+3"},
      {(h + 1) - 2, "s0-1"},
      {3 + h, "s0+3"},
      {(2 * h) * 3, "6*s0"},
      {h - h, "0"},
      {min(h, h), "s0"},
      {max(max(h, 4), 8), "max(s0, 8)"},
      {min(min(h, 4), 8), "min(s0, 4)"},
      {floorDiv(h * 6, 3), "2*s0"},
      {floorDiv(h * 6 + 4, 3), "2*s0+1"},
      {mod(h * 6 + 4, 3), "1"},
      {floorDiv(floorDiv(h, 2), 3), "s0/6"},
      {floorDiv(h - 1, 2) + 1, "(s0+1)/2"},
      {roundUp(h, 64), "64*((s0+63)/64)"},
      {w * h, "s0*s1"},
      {floorDiv(h * 3, 2), "3*s0/2"},
      {mod(h, 8) + w, "s1+s0%8"},
  };
  for (const Rule &rule : rules)
    EXPECT_EQ(rule.expression.toString(), rule.text);
}

TEST(SizeExpr, EqualSizesOfTwoBranchesAreEqualExpressions) {
  // A 3x3 conv with padding 1 and a 1x1 conv, both with stride 2, give the same extent.
  SizeExpr window = floorDiv(h + 2 - 3, 2) + 1, point = floorDiv(h - 1, 2) + 1;
  EXPECT_EQ(window, point);
  EXPECT_EQ(window, ceilDiv(h, 2));
  EXPECT_EQ(h * w + 1, 1 + w * h);
  EXPECT_NE(h, w);
  EXPECT_NE(h + 1, h + 2);
}

TEST(SizeExpr, Evaluates) {
  SizeExpr extent = 64 * (max(w, 4) + 2) * (min(h, 4) + 2) + 64;
  EXPECT_EQ(extent.evaluate({37, 53}), 64 * 55 * 6 + 64);
  EXPECT_EQ(extent.evaluate({1, 1}), 64 * 6 * 3 + 64);
}

TEST(SizeExpr, Substitutes) {
  SizeExpr half = ceilDiv(h, 2);
  EXPECT_EQ(half.substitute([](int) { return SizeExpr(7); }).value(), 4);
  EXPECT_EQ(half.substitute([](int) { return 2 * w; }), w);
}

/// A random expression of s0 and s1, and the same computed in plain integers at (h, w).
struct Pair {
  SizeExpr expression;
  int64_t value;
};

int64_t divideDown(int64_t a, int64_t b) {
  int64_t quotient = a / b;
  return quotient * b > a ? quotient - 1 : quotient;
}

Pair randomPair(std::mt19937 &random, int depth, int64_t sizeH, int64_t sizeW) {
  int choice = static_cast<int>(random() % (depth > 0 ? 10 : 3));
  if (choice == 0)
    return {h, sizeH};
  if (choice == 1)
    return {w, sizeW};
  int64_t constant = static_cast<int64_t>(random() % 9) - 3;
  if (choice == 2)
    return {constant, constant};
  Pair a = randomPair(random, depth - 1, sizeH, sizeW);
  Pair b = randomPair(random, depth - 1, sizeH, sizeW);
  int64_t divisor = 1 + static_cast<int64_t>(random() % 6);
  switch (choice) {
  case 3:
    return {a.expression - b.expression, a.value - b.value};
  case 4:
    return {a.expression * b.expression, a.value * b.value};
  case 5:
    return {floorDiv(a.expression, divisor), divideDown(a.value, divisor)};
  case 6:
    return {mod(a.expression, divisor), a.value - divisor * divideDown(a.value, divisor)};
  case 7:
    return {min(a.expression, b.expression), std::min(a.value, b.value)};
  case 8:
    return {max(a.expression, b.expression), std::max(a.value, b.value)};
  default:
    return {a.expression + b.expression, a.value + b.value};
  }
}

TEST(SizeExpr, SimplificationKeepsTheValueAndTextReadsBack) {
  for (unsigned seed = 0; seed < 5000; ++seed) {
    std::mt19937 random(seed);
    Pair pair = randomPair(random, 4, 5, 12);
    std::string text = pair.expression.toString();
    EXPECT_EQ(pair.expression.evaluate({5, 12}), pair.value) << "seed " << seed << ": " << text;
    EXPECT_EQ(SizeExpr::parse(text), pair.expression) << "seed " << seed << ": " << text;
    EXPECT_EQ(SizeExpr::parse(text).toString(), text) << "seed " << seed;
  }
}

TEST(SizeExpr, ReadsSpacesAndSigns) {
  EXPECT_EQ(SizeExpr::parse("64 * ((s1 + 1) / 2)"), 64 * floorDiv(w + 1, 2));
  EXPECT_EQ(SizeExpr::parse("-3*s0 - -2"), -3 * h + 2);
  EXPECT_EQ(SizeExpr::parse("max(s0, min(s1, 4))"), max(h, min(w, 4)));
}

} // namespace
} // namespace cnnc
