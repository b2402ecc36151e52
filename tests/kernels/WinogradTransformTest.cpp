// The transforms compute what they replace, with as many products as they say.
#include "compiler/kernels/WinogradTransform.h"

#include <gtest/gtest.h>

#include <numeric>

namespace cnnc {

using Vector = std::vector<double>;

static Vector multiply(const WinogradTransform::Matrix &matrix, const Vector &vector) {
  Vector result;
  for (const Vector &row : matrix) {
    EXPECT_EQ(row.size(), vector.size());
    result.push_back(std::inner_product(row.begin(), row.end(), vector.begin(), 0.0));
  }
  return result;
}

// The correlation of the inputs of a tile with a filter, and by A^T [(G g) * (B^T d)].
static void check(const WinogradTile &tile) {
  SCOPED_TRACE(std::to_string(tile.outputs) + " outputs, " + std::to_string(tile.taps) +
               " taps, stride " + std::to_string(tile.stride));
  Vector input(static_cast<size_t>(tile.size())), filter(static_cast<size_t>(tile.taps));
  std::iota(input.begin(), input.end(), -3.0);
  std::iota(filter.begin(), filter.end(), 2.0);
  input.front() = 7; // No straight line.
  const WinogradTransform transform = winogradTransform(tile);
  Vector products = multiply(transform.input, input), numbers = multiply(transform.filter, filter);
  ASSERT_EQ(products.size(), input.size());
  for (size_t i = 0; i < products.size(); ++i)
    products[i] *= numbers.at(i);
  Vector result = multiply(transform.output, products);
  ASSERT_EQ(result.size(), static_cast<size_t>(tile.outputs));
  for (size_t q = 0; q < result.size(); ++q)
    EXPECT_NEAR(result[q],
                std::inner_product(filter.begin(), filter.end(),
                                   input.begin() + static_cast<long>(q) * tile.stride, 0.0),
                1e-9);
}

TEST(WinogradTransform, isACorrelation) {
  int found = 0;
  for (int outputs : {1, 2, 3, 4, 6})
    for (int taps = 1; taps <= 9; ++taps)
      for (int stride : {1, 2, 3})
        if (WinogradTile tile{outputs, taps, stride}; hasWinogradTransform(tile)) {
          check(tile);
          ++found;
        }
  EXPECT_GT(found, 20);
}

TEST(WinogradTransform, countsItsProducts) {
  EXPECT_EQ((WinogradTile{4, 3, 1}.size()), 6);
  EXPECT_EQ((WinogradTile{4, 3, 2}.size()), 9); // Of two phases at five points one is 0.
  EXPECT_EQ((WinogradTile{4, 3, 2}.points()), 5);
  EXPECT_EQ((WinogradTile{1, 1, 1}.size()), 1);
  EXPECT_FALSE(hasWinogradTransform({2, 2, 2})); // No input serves two outputs.
  EXPECT_FALSE(hasWinogradTransform({4, 7, 1})); // More than eight points.
}

TEST(WinogradTransform, errorsGrowWithPointsAndDims) {
  const WinogradTile none{1, 1, 1}, small{2, 3, 1}, large{6, 3, 1};
  EXPECT_EQ(winogradError(none, small), winogradError(small, small));
  EXPECT_LT(winogradError(none, large), winogradError(large, large));
  EXPECT_LT(winogradError(small, small), winogradError(none, large));
}

} // namespace cnnc
