// The generator beside the known answers that its authors publish with it, and the numbers made of
// its words.
#include "compiler/reference/Philox.h"
#include "tests/reference/Cases.h"

#include "gtest/gtest.h"

#include <cmath>

namespace cnnc::reference {
namespace {

TEST(Philox, givesTheKnownAnswers) {
  constexpr uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}),
            (PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({ones, ones, ones, ones}, {ones, ones}),
            (PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

Tensor<double> randomNumbers(Shape shape, double step, int64_t layer) {
  Tensor<double> key({}, {step}), like(std::move(shape));
  return evaluate(makeOp("random", {{"layer", layer}}), Operands<double>{&key, &like});
}

// Halves of step and layer, the largest step and a negative one included, reach key and counter.
TEST(Random, everyBitCounts) {
  auto words = [](double step, int64_t layer) { return randomNumbers({5}, step, layer).values; };
  auto expected = [](PhiloxCounter counter, PhiloxKey key) {
    return static_cast<double>(philox4x32(counter, key)[0] >> 8) / (1 << 24);
  };
  int64_t high = int64_t(7) << 32;
  EXPECT_EQ(words(double(high + 3), 0)[4], expected({1, 0, 0, 0}, {3, 7}));
  EXPECT_EQ(words(-1, high + 2)[4], expected({1, 0, 2, 7}, {0xffffffff, 0xffffffff}));
}

// 2^16 numbers: mean and variance of a uniform distribution, within four standard deviations.
TEST(Random, isUniform) {
  Tensor<double> numbers = randomNumbers({1 << 16}, 12345, 6);
  double sum = 0, squares = 0;
  for (double x : numbers.values) {
    EXPECT_GE(x, 0);
    EXPECT_LT(x, 1);
    sum += x - 0.5;
    squares += (x - 0.5) * (x - 0.5);
  }
  double n = static_cast<double>(numbers.size());
  EXPECT_NEAR(sum / n, 0, 4 * std::sqrt(1 / 12. / n));
  EXPECT_NEAR(squares / n, 1 / 12., 4 * std::sqrt(1 / 180. / n));
}

} // namespace
} // namespace cnnc::reference
