// Convolution against its definition, tap by tap, over every small combination of size, filter,
// stride, dilation and padding.
#include "tests/reference/Cases.h"

#include "gtest/gtest.h"

namespace cnnc::reference {
namespace {

struct Window {
  int64_t input, kernel, stride, dilation, padBegin, padEnd;

  int64_t reach() const { return (kernel - 1) * dilation + 1; }
  int64_t room() const { return input + padBegin + padEnd - reach(); }
};

/// Every window with at least one output.
std::vector<Window> smallWindows() {
  std::vector<Window> windows;
  for (int64_t input = 1; input <= 7; ++input)
    for (int64_t kernel = 1; kernel <= 4; ++kernel)
      for (int64_t stride = 1; stride <= 3; ++stride)
        for (int64_t dilation = 1; dilation <= 2; ++dilation)
          for (int64_t padBegin = 0; padBegin <= 3; ++padBegin)
            for (int64_t padEnd = 0; padEnd <= 3; ++padEnd) {
              Window window{input, kernel, stride, dilation, padBegin, padEnd};
              if (window.room() >= 0)
                windows.push_back(window);
            }
  return windows;
}

/// y[o] = sum over k of w[k] * x[o*stride + k*dilation - pad], as the formula says.
std::vector<double> byDefinition(const Window &window, const std::vector<double> &x,
                                 const std::vector<double> &w) {
  std::vector<double> y(static_cast<size_t>(window.room() / window.stride + 1), 0);
  for (int64_t o = 0; o < static_cast<int64_t>(y.size()); ++o)
    for (int64_t k = 0; k < window.kernel; ++k) {
      int64_t i = o * window.stride + k * window.dilation - window.padBegin;
      if (i >= 0 && i < window.input)
        y[static_cast<size_t>(o)] += w[static_cast<size_t>(k)] * x[static_cast<size_t>(i)];
    }
  return y;
}

TEST(WindowSweep, ConvIsItsDefinition) {
  std::vector<Window> windows = smallWindows();
  ASSERT_GT(windows.size(), 1000u);
  for (const Window &window : windows) {
    Tensor<double> x = ramp({1, 1, window.input}), w = ramp({1, 1, window.kernel});
    OpDescription op = convOp(1, {{"strides", Ints{window.stride}},
                                  {"dilations", Ints{window.dilation}},
                                  {"pads", Ints{window.padBegin, window.padEnd}}});
    EXPECT_EQ(evaluate<double>(op, {&x, &w}).values, byDefinition(window, x.values, w.values))
        << "input " << window.input << ", kernel " << window.kernel << ", stride " << window.stride
        << ", dilation " << window.dilation << ", pads " << window.padBegin << " " << window.padEnd;
  }
}

/// A separable filter on a separable picture gives the product of the two signals' convolutions, so
/// a window in one dim is right whatever the window in the other.
TEST(WindowSweep, DimsAreIndependent) {
  std::vector<Window> windows = smallWindows();
  for (size_t i = 0; i + 211 < windows.size(); i += 97) {
    const Window &v = windows[i], &h = windows[i + 211];
    auto outer = [](const Tensor<double> &a, const Tensor<double> &b) {
      Tensor<double> result({1, 1, a.size(), b.size()});
      for (int64_t r = 0; r < a.size(); ++r)
        for (int64_t c = 0; c < b.size(); ++c)
          result.at({0, 0, r, c}) = a.at({0, 0, r}) * b.at({0, 0, c});
      return result;
    };
    Tensor<double> xv = ramp({1, 1, v.input}), xh = ramp({1, 1, h.input});
    Tensor<double> wv = ramp({1, 1, v.kernel}), wh = ramp({1, 1, h.kernel});
    Tensor<double> x = outer(xv, xh), w = outer(wv, wh);
    OpDescription op = convOp(2, {{"strides", Ints{v.stride, h.stride}},
                                  {"dilations", Ints{v.dilation, h.dilation}},
                                  {"pads", Ints{v.padBegin, h.padBegin, v.padEnd, h.padEnd}}});
    Tensor<double> expected = outer(signal(byDefinition(v, xv.values, wv.values)),
                                    signal(byDefinition(h, xh.values, wh.values)));
    Tensor<double> y = evaluate<double>(op, {&x, &w});
    EXPECT_EQ(y.shape, expected.shape);
    EXPECT_EQ(y.values, expected.values);
  }
}

} // namespace
} // namespace cnnc::reference
