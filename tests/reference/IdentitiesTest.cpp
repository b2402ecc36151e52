// What a textbook says of convolutions, checked on small integers, so that every sum is exact.
#include "tests/reference/Cases.h"

#include "gtest/gtest.h"

#include <random>

namespace cnnc::reference {
namespace {

Tensor<double> run(const OpDescription &op, const std::vector<Tensor<double>> &operands) {
  Operands<double> pointers;
  for (const Tensor<double> &operand : operands)
    pointers.push_back(&operand);
  return evaluate(op, pointers);
}

/// Integers from -4 to 4; always the same ones.
Tensor<double> integers(Shape shape, unsigned seed) {
  std::mt19937 random(seed);
  Tensor<double> result(std::move(shape));
  for (double &value : result.values)
    value = static_cast<double>(random() % 9) - 4;
  return result;
}

OpDescription sliceOp(Ints starts, Ints ends, Ints steps) {
  return makeOp("slice", {{"starts", starts}, {"ends", ends}, {"steps", steps}});
}

void expectEqual(const Tensor<double> &a, const Tensor<double> &b) {
  EXPECT_EQ(a.shape, b.shape);
  EXPECT_EQ(a.values, b.values);
}

TEST(Identities, TrueConvolutionIsConvWithAFlippedFilter) {
  for (size_t spatial : {1, 2, 3}) {
    Shape input(spatial + 2, 5), filter(spatial + 2, 3);
    input[1] = filter[1] = 2;
    Ints axes;
    for (size_t dim = 2; dim < spatial + 2; ++dim)
      axes.push_back(static_cast<int64_t>(dim));
    Tensor<double> x = integers(input, 1), w = integers(filter, 2);
    Tensor<double> flipped = run(makeOp("flip", {{"axes", axes}}), {w});
    expectEqual(run(convOp(spatial, {}, "true_conv"), {x, w}), run(convOp(spatial), {x, flipped}));
  }
}

TEST(Identities, StridedConvIsConvAndThenEveryOtherElement) {
  Tensor<double> x = integers({2, 3, 8, 9}, 3), w = integers({4, 3, 3, 3}, 4);
  Ints pads{1, 1, 1, 1};
  Tensor<double> dense = run(convOp(2, {{"pads", pads}}), {x, w});
  Tensor<double> strided = run(convOp(2, {{"pads", pads}, {"strides", Ints{2, 3}}}), {x, w});
  Ints all(4, INT64_MAX);
  expectEqual(strided, run(sliceOp({0, 0, 0, 0}, all, {1, 1, 2, 3}), {dense}));
}

TEST(Identities, DilatedConvIsConvWithZerosBetweenTheTaps) {
  Tensor<double> x = integers({1, 2, 9, 9}, 5), w = integers({3, 2, 3, 3}, 6);
  Tensor<double> spread({3, 2, 5, 7});
  for (int64_t o = 0; o < 3; ++o)
    for (int64_t c = 0; c < 2; ++c)
      for (int64_t kh = 0; kh < 3; ++kh)
        for (int64_t kw = 0; kw < 3; ++kw)
          spread.at({o, c, 2 * kh, 3 * kw}) = w.at({o, c, kh, kw});
  expectEqual(run(convOp(2, {{"dilations", Ints{2, 3}}}), {x, w}), run(convOp(2), {x, spread}));
}

TEST(Identities, GroupsAreConvsSideBySide) {
  Tensor<double> x = integers({2, 4, 5, 5}, 7), w = integers({6, 2, 3, 3}, 8);
  Ints all(4, INT64_MAX), ones(4, 1);
  auto part = [&](const Tensor<double> &t, size_t dim, int64_t begin, int64_t end) {
    Ints starts(4, 0), ends = all;
    starts[dim] = begin;
    ends[dim] = end;
    return run(sliceOp(starts, ends, ones), {t});
  };
  Tensor<double> first = run(convOp(2), {part(x, 1, 0, 2), part(w, 0, 0, 3)});
  Tensor<double> second = run(convOp(2), {part(x, 1, 2, 4), part(w, 0, 3, 6)});
  expectEqual(run(convOp(2, {{"groups", int64_t(2)}}), {x, w}),
              run(makeOp("concat", {{"axis", int64_t(1)}}), {first, second}));
}

TEST(Identities, ConvIsADenseLayerWithAToeplitzMatrix) {
  constexpr int64_t n = 7, k = 3, pad = 1;
  Tensor<double> x = integers({1, 1, n}, 9), w = integers({1, 1, k}, 10);
  Tensor<double> matrix({n, n});
  for (int64_t row = 0; row < n; ++row)
    for (int64_t column = 0; column < n; ++column)
      if (int64_t tap = column - row + pad; tap >= 0 && tap < k)
        matrix.at({row, column}) = w.at({0, 0, tap});
  expectEqual(run(convOp(1, {{"pads", Ints{pad, pad}}}), {x, w}),
              run(makeOp("linear"), {x, matrix}));
}

TEST(Identities, PictureConvIsABlockToeplitzMatrix) {
  constexpr int64_t h = 4, w = 5, k = 3;
  Tensor<double> x = integers({1, 1, h, w}, 11), filter = integers({1, 1, k, k}, 12);
  Tensor<double> matrix({h * w, h * w});
  for (int64_t row = 0; row < h * w; ++row)
    for (int64_t column = 0; column < h * w; ++column) {
      int64_t kh = column / w - row / w + 1, kw = column % w - row % w + 1;
      if (kh >= 0 && kh < k && kw >= 0 && kw < k)
        matrix.at({row, column}) = filter.at({0, 0, kh, kw});
    }
  Tensor<double> flat{{1, 1, h * w}, x.values};
  Tensor<double> y = run(convOp(2, {{"auto_pad", std::string("same")}}), {x, filter});
  EXPECT_EQ(y.values, run(makeOp("linear"), {flat, matrix}).values);
}

TEST(Identities, CascadeOfDilations1And2And4Sees15By15) {
  Tensor<double> picture({1, 1, 31, 31});
  picture.at({0, 0, 15, 15}) = 1;
  auto ones = Tensor<double>::filled({1, 1, 3, 3}, 1);
  for (int64_t dilation : {1, 2, 4})
    picture = run(convOp(2, {{"dilations", Ints{dilation, dilation}}, {"pads", Ints(4, dilation)}}),
                  {picture, ones});
  ASSERT_EQ(picture.shape, (Shape{1, 1, 31, 31}));
  for (int64_t h = 0; h < 31; ++h)
    for (int64_t w = 0; w < 31; ++w) {
      bool seen = std::abs(h - 15) <= 7 && std::abs(w - 15) <= 7;
      EXPECT_EQ(picture.at({0, 0, h, w}) != 0, seen) << "at " << h << ", " << w;
    }
}

TEST(Identities, BinomialFilterErasesAlternationAndItsDilationKeepsIt) {
  Tensor<double> alternating = signal({1, -1, 1, -1, 1, -1, 1, -1});
  Tensor<double> binomial{{1, 1, 3}, {1, 2, 1}};
  EXPECT_EQ(run(convOp(1), {alternating, binomial}).values, std::vector<double>(6, 0));
  Tensor<double> dilated = run(convOp(1, {{"dilations", Ints{2}}}), {alternating, binomial});
  EXPECT_EQ(dilated.values, (std::vector<double>{4, -4, 4, -4}));
}

TEST(Identities, AveragePoolIsADepthwiseConv) {
  Tensor<double> x = integers({2, 3, 6, 6}, 13);
  auto quarter = Tensor<double>::filled({3, 1, 2, 2}, 0.25);
  Ints strides{2, 2};
  OpDescription pool = makeOp("avg_pool", window(2, {{"strides", strides},
                                                     {"kernel_shape", Ints{2, 2}},
                                                     {"ceil_mode", false},
                                                     {"count_include_pad", false}}));
  expectEqual(run(pool, {x}),
              run(convOp(2, {{"strides", strides}, {"groups", int64_t(3)}}), {x, quarter}));
}

TEST(Identities, LinearIsMatmulByTheTranspose) {
  Tensor<double> x = integers({3, 4}, 14), w = integers({5, 4}, 15);
  Tensor<double> transposed = run(makeOp("transpose", {{"permutation", Ints{1, 0}}}), {w});
  expectEqual(run(makeOp("linear"), {x, w}), run(makeOp("matmul"), {x, transposed}));
}

} // namespace
} // namespace cnnc::reference
