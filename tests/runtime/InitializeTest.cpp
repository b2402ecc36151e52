// The numbers that training begins with.
#include "cnnrt_generated.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace {

cnnrt_initializer initializer(int kind, double scale, int64_t count, const char *name = "weight") {
  cnnrt_initializer row = {};
  row.name = name;
  row.kind = kind;
  row.scale = scale;
  row.count = count;
  return row;
}

std::vector<float> valuesOf(const cnnrt_initializer &row, uint64_t seed = 0) {
  // To be overwritten, all of them.
  std::vector<float> values(static_cast<size_t>(row.count), std::nanf(""));
  cnnrt_initial_values(&row, values.data(), seed);
  return values;
}

double meanOf(const std::vector<float> &values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviationOf(const std::vector<float> &values) {
  double squares = 0;
  for (float value : values)
    squares += static_cast<double>(value) * value;
  return std::sqrt(squares / static_cast<double>(values.size()));
}

/// The share of `values` between the two bounds.
double shareWithin(const std::vector<float> &values, double least, double most) {
  const auto inside = [&](float value) { return value >= least && value <= most; };
  return static_cast<double>(std::count_if(values.begin(), values.end(), inside)) /
         static_cast<double>(values.size());
}

constexpr int64_t many = 100000;

} // namespace

TEST(Initializer, ConstantIsTheSameEverywhere) {
  EXPECT_EQ(valuesOf(initializer(CNNRT_INIT_CONSTANT, 0.1, 3)), std::vector<float>(3, 0.1f));
  EXPECT_TRUE(valuesOf(initializer(CNNRT_INIT_CONSTANT, 0.1, 0)).empty());
}

TEST(Initializer, ValuesAreCopied) {
  const std::vector<float> given = {3, -0.0f, std::numeric_limits<float>::infinity()};
  cnnrt_initializer row = initializer(CNNRT_INIT_VALUES, 0, 3);
  row.values = given.data();
  const std::vector<float> values = valuesOf(row);
  EXPECT_EQ(std::memcmp(values.data(), given.data(), 3 * sizeof(float)), 0);
}

// Four standard errors of each estimate; 68.0 % of a sum of twelve lie within one deviation, 95.7 %
// within two.
TEST(Initializer, NormalNumbersHaveTheirMomentsAndShape) {
  const std::vector<float> values = valuesOf(initializer(CNNRT_INIT_NORMAL, 0.5, many), 7);
  EXPECT_NEAR(meanOf(values), 0, 4 * 0.5 / std::sqrt(many));
  EXPECT_NEAR(deviationOf(values), 0.5, 4 * 0.5 / std::sqrt(2.0 * many));
  EXPECT_NEAR(shareWithin(values, -0.5, 0.5), 0.680, 4 * 0.5 / std::sqrt(many));
  EXPECT_NEAR(shareWithin(values, -1, 1), 0.957, 4 * 0.25 / std::sqrt(many));
}

// What the compiler has given networks without weights from its first version on.
TEST(Initializer, NormalNumbersAreTheSameForEver) {
  const std::vector<float> few = valuesOf(initializer(CNNRT_INIT_NORMAL, 1, 3, "conv.filter"));
  EXPECT_EQ(few, (std::vector<float>{-60671.0f / 65536, 25229.0f / 65536, -68035.0f / 65536}));

  const char *name = "stem.conv.filter \xc3\xa9"; // bytes above 127, too
  uint64_t sum = 0;
  for (float value : valuesOf(initializer(CNNRT_INIT_NORMAL, 0.3, 1000, name), 123456789012345)) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    sum = sum * 1099511628211u + bits;
  }
  EXPECT_EQ(sum, 0x66e6f8a50567abf1u);
}

TEST(Initializer, UniformNumbersFillTheirRangeEvenly) {
  const std::vector<float> values = valuesOf(initializer(CNNRT_INIT_UNIFORM, 0.25, many), 7);
  EXPECT_EQ(shareWithin(values, -0.25, 0.25), 1);
  EXPECT_NEAR(meanOf(values), 0, 4 * 0.25 / std::sqrt(3.0 * many));
  for (double least : {-0.25, -0.125, 0.0, 0.125})
    EXPECT_NEAR(shareWithin(values, least, least + 0.125), 0.25, 4 * 0.433 / std::sqrt(many));
  EXPECT_LT(*std::min_element(values.begin(), values.end()), -0.2499);
  EXPECT_GT(*std::max_element(values.begin(), values.end()), 0.2499);
}

TEST(Initializer, RandomNumbersDependOnSeedAndName) {
  for (int kind : {CNNRT_INIT_NORMAL, CNNRT_INIT_UNIFORM, CNNRT_INIT_ORTHOGONAL}) {
    cnnrt_initializer row = initializer(kind, 1, 12), other = initializer(kind, 1, 12, "weighs");
    row.rows = other.rows = 3;
    EXPECT_EQ(valuesOf(row, 5), valuesOf(row, 5));
    EXPECT_NE(valuesOf(row, 5), valuesOf(row, 6));
    EXPECT_NE(valuesOf(row, 5), valuesOf(row, 5 + (uint64_t(1) << 32)));
    EXPECT_NE(valuesOf(row, 5), valuesOf(other, 5));
  }
}

//===-- Orthogonal matrices -------------------------------------------------===//

namespace {

struct Shape {
  int64_t rows, columns;
};

std::vector<float> orthogonal(Shape shape, double gain, uint64_t seed = 3) {
  cnnrt_initializer row = initializer(CNNRT_INIT_ORTHOGONAL, gain, shape.rows * shape.columns);
  row.rows = shape.rows;
  return valuesOf(row, seed);
}

/// The largest difference between the products of all rows, or columns where there are fewer, and
/// those of vectors that are orthogonal and of length `gain`.
double errorOf(const std::vector<float> &matrix, Shape shape, double gain) {
  const bool ofRows = shape.rows <= shape.columns;
  const int64_t count = ofRows ? shape.rows : shape.columns;
  const int64_t length = ofRows ? shape.columns : shape.rows;
  const auto at = [&](int64_t vector, int64_t i) -> double {
    return matrix[ofRows ? vector * shape.columns + i : i * shape.columns + vector];
  };
  double worst = 0;
  for (int64_t a = 0; a < count; a++)
    for (int64_t b = 0; b <= a; b++) {
      double product = a == b ? -gain * gain : 0;
      for (int64_t i = 0; i < length; i++)
        product += at(a, i) * at(b, i);
      worst = std::max(worst, std::abs(product));
    }
  return worst;
}

class Orthogonal : public testing::TestWithParam<Shape> {};

} // namespace

// An element's error of rounding is 2^-25 of it, and those of a vector are independent.
TEST_P(Orthogonal, VectorsAreOrthogonalAndOfOneLength) {
  for (double gain : {1.0, 1.5})
    EXPECT_LT(errorOf(orthogonal(GetParam(), gain), GetParam(), gain), 4e-7 * gain * gain);
}

INSTANTIATE_TEST_SUITE_P(Shapes, Orthogonal,
                         testing::Values(Shape{1, 1}, Shape{1, 7}, Shape{7, 1}, Shape{2, 3},
                                         Shape{3, 2}, Shape{16, 16}, Shape{33, 33}, Shape{32, 100},
                                         Shape{100, 32}, Shape{64, 576}, Shape{300, 300}),
                         [](const auto &each) {
                           return std::to_string(each.param.rows) + "by" +
                                  std::to_string(each.param.columns);
                         });

// A normal number in some 260000 is 0: a matrix of it alone has no direction to keep.
TEST(OrthogonalMatrix, OfNothingBecomesAUnitVector) {
  uint64_t seed = 0;
  while (valuesOf(initializer(CNNRT_INIT_NORMAL, 1, 1), seed)[0] != 0)
    ++seed;
  EXPECT_EQ(orthogonal({1, 1}, 2, seed), std::vector<float>{2}) << "seed " << seed;
}

// Among so many seeds are some whose last row lies next to the plane of the others, and is
// replaced.
TEST(OrthogonalMatrix, IsExactForEverySeed) {
  for (uint64_t seed = 0; seed < 3000; ++seed)
    EXPECT_LT(errorOf(orthogonal({3, 3}, 1, seed), {3, 3}, 1), 4e-7) << "seed " << seed;
}

// Neither a sign nor a direction is preferred: four standard errors around 0.
TEST(OrthogonalMatrix, PrefersNoDirection) {
  std::vector<float> elements;
  for (uint64_t seed = 0; seed < 4000; ++seed)
    elements.push_back(orthogonal({3, 3}, 1, seed)[4]);
  EXPECT_NEAR(meanOf(elements), 0, 4 * std::sqrt(1 / 3.0 / 4000));
  EXPECT_NEAR(deviationOf(elements), std::sqrt(1 / 3.0), 0.02);
}

//===-- Blocks --------------------------------------------------------------===//

TEST(Initialize, FillsEachParameterAndZerosBetween) {
  cnnrt_initializer rows[] = {initializer(CNNRT_INIT_NORMAL, 1, 5, "b"),
                              initializer(CNNRT_INIT_CONSTANT, 2, 3, "a")};
  rows[0].offset = 8;
  rows[1].offset = 1;
  std::vector<float> block(17, std::nanf(""));
  cnnrt_initialize(block.data(), 16, rows, 2, 9);

  std::vector<float> expected(16, 0);
  const std::vector<float> b = valuesOf(rows[0], 9);
  std::copy(b.begin(), b.end(), expected.begin() + 8);
  std::fill_n(expected.begin() + 1, 3, 2.0f);
  EXPECT_TRUE(std::isnan(block.back()));
  block.pop_back();
  EXPECT_EQ(block, expected);
}

TEST(Initialize, TakesNoRows) {
  float block[2] = {1, 1};
  cnnrt_initialize(block, 2, nullptr, 0, 0);
  EXPECT_EQ(block[0], 0);
  EXPECT_EQ(block[1], 0);
}
