#include "tests/reference/Cases.h"

namespace cnnc::reference {

static const std::string same = "same", sameLower = "same_lower";

static OpDescription transposeOp(size_t spatial, Attributes changes = {}) {
  changes.insert({"output_padding", Ints(spatial, 0)});
  return convOp(spatial, std::move(changes), "conv_transpose");
}

// Filters of 1, 10, 100 show in the digits which element of the input came through which tap.
static std::vector<Case> convTransposeCases() {
  Tensor<double> two = signal({1, 2}), digits{{1, 1, 3}, {1, 10, 100}};
  Tensor<double> four{{2, 2, 1}, {1, 10, 100, 1000}};
  auto strided = [](Attributes changes) {
    changes.insert({"strides", Ints{2}});
    return transposeOp(1, std::move(changes));
  };
  return {
      {"signal", transposeOp(1), {two, digits}, signal({1, 12, 120, 200})},
      {"biased", transposeOp(1), {two, digits, vector({5})}, signal({6, 17, 125, 205})},
      {"strided", strided({}), {two, digits}, signal({1, 10, 102, 20, 200})},
      {"padded", strided({{"pads", Ints{1, 1}}}), {two, digits}, signal({10, 102, 20})},
      {"longer_by_output_padding",
       strided({{"output_padding", Ints{1}}}),
       {two, digits},
       signal({1, 10, 102, 20, 200, 0})},
      {"padded_less_by_output_padding",
       strided({{"pads", Ints{1, 1}}, {"output_padding", Ints{1}}}),
       {two, digits},
       signal({10, 102, 20, 200})},
      {"dilated",
       transposeOp(1, {{"dilations", Ints{2}}}),
       {two, Tensor<double>{{1, 1, 2}, {1, 10}}},
       signal({1, 2, 10, 20})},
      // 2 * 2 of 5 elements.
      {"same", strided({{"auto_pad", same}}), {two, digits}, signal({1, 10, 102, 20})},
      {"same_lower", strided({{"auto_pad", sameLower}}), {two, digits}, signal({10, 102, 20, 200})},
      // 3 * 2 elements where there are 4 only.
      {"same_stride_beyond_filter",
       transposeOp(1, {{"auto_pad", same}, {"strides", Ints{3}}}),
       {two, Tensor<double>{{1, 1, 1}, {1}}},
       signal({1, 0, 0, 2, 0, 0})},
      {"picture",
       transposeOp(2, {{"strides", Ints{2, 2}}}),
       {ramp({1, 1, 2, 2}), Tensor<double>{{1, 1, 2, 2}, {1, 10, 100, 1000}}},
       {{1, 1, 4, 4}, {1, 10, 2, 20, 100, 1000, 200, 2000, 3, 30, 4, 40, 300, 3000, 400, 4000}}},
      {"two_by_two_channels",
       transposeOp(1),
       {ramp({1, 2, 2}), four},
       {{1, 2, 2}, {301, 402, 3010, 4020}}},
      {"groups",
       transposeOp(1, {{"groups", int64_t(2)}}),
       {ramp({1, 4, 2}), Tensor<double>{{4, 1, 1}, {1, 10, 100, 1000}}},
       {{1, 2, 2}, {31, 42, 7500, 8600}}},
      {"batch", transposeOp(1), {ramp({2, 1, 1}), digits}, {{2, 1, 3}, {1, 10, 100, 2, 20, 200}}},
  };
}

static std::vector<Case> plainConvCases() {
  Tensor<double> difference{{1, 1, 3}, {1, 0, -1}}, ones{{1, 1, 3}, {1, 1, 1}};
  Tensor<double> pair{{1, 1, 2}, {1, 1}}, square{{1, 1, 2, 2}, {1, 2, 3, 4}};
  Tensor<double> five = signal({1, 2, 3, 4, 5}), four = signal({1, 2, 3, 4});
  auto block = Tensor<double>::filled({1, 1, 2, 2, 2}, 1);
  return {
      {"signal", convOp(1), {five, difference}, signal({-2, -2, -2})},
      {"padded",
       convOp(1, {{"pads", Ints{1, 1}}}),
       {five, difference},
       signal({-2, -2, -2, -2, 4})},
      {"biased",
       convOp(1, {{"pads", Ints{1, 1}}}),
       {five, difference, vector({10})},
       signal({8, 8, 8, 8, 14})},
      {"strided", convOp(1, {{"strides", Ints{2}}}), {five, difference}, signal({-2, -2})},
      {"dilated", convOp(1, {{"dilations", Ints{2}}}), {five, pair}, signal({4, 6, 8})},

      // ceil(4 / 2) = 2 outputs take 5 inputs: one element of padding, at the end or the beginning.
      {"same_stride_2_even",
       convOp(1, {{"auto_pad", same}, {"strides", Ints{2}}}),
       {four, ones},
       signal({6, 7})},
      {"same_lower_stride_2_even",
       convOp(1, {{"auto_pad", sameLower}, {"strides", Ints{2}}}),
       {four, ones},
       signal({3, 9})},
      // ceil(5 / 2) = 3 outputs take 7 inputs: one on each side.
      {"same_stride_2_odd",
       convOp(1, {{"auto_pad", same}, {"strides", Ints{2}}}),
       {five, ones},
       signal({3, 9, 9})},
      {"same_lower_stride_2_odd",
       convOp(1, {{"auto_pad", sameLower}, {"strides", Ints{2}}}),
       {five, ones},
       signal({3, 9, 9})},
      {"same_even_filter",
       convOp(1, {{"auto_pad", same}}),
       {signal({1, 2, 3}), pair},
       signal({3, 5, 3})},
      {"same_lower_even_filter",
       convOp(1, {{"auto_pad", sameLower}}),
       {signal({1, 2, 3}), pair},
       signal({1, 3, 5})},
      {"same_ignores_pads",
       convOp(1, {{"auto_pad", same}, {"pads", Ints{7, 7}}}),
       {signal({1, 2, 3}), pair},
       signal({3, 5, 3})},
      // Stride 3 over 4 elements with one tap: ceil(4 / 3) = 2 outputs, nothing to pad.
      {"same_stride_beyond_filter",
       convOp(1, {{"auto_pad", same}, {"strides", Ints{3}}}),
       {four, Tensor<double>{{1, 1, 1}, {1}}},
       signal({1, 4})},

      {"picture", convOp(2), {ramp({1, 1, 3, 3}), square}, {{1, 1, 2, 2}, {37, 47, 67, 77}}},
      {"strides_differ",
       convOp(2, {{"strides", Ints{2, 1}}}),
       {ramp({1, 1, 3, 3}), Tensor<double>{{1, 1, 1, 1}, {1}}},
       {{1, 1, 2, 3}, {1, 2, 3, 7, 8, 9}}},
      {"row_filter_padded_left",
       convOp(2, {{"pads", Ints{0, 2, 0, 0}}}),
       {ramp({1, 1, 2, 3}), Tensor<double>{{1, 1, 1, 3}, {1, 1, 1}}},
       {{1, 1, 2, 3}, {1, 3, 6, 4, 9, 15}}},
      {"one_pixel",
       convOp(2, {{"pads", Ints{1, 1, 1, 1}}}),
       {Tensor<double>{{1, 1, 1, 1}, {7}}, ramp({1, 1, 3, 3})},
       {{1, 1, 1, 1}, {35}}},
      {"batch", convOp(1), {ramp({2, 1, 2}), pair}, {{2, 1, 1}, {3, 7}}},
      {"two_by_two_channels",
       convOp(1),
       {ramp({1, 2, 2}), Tensor<double>{{2, 2, 1}, {1, 10, 100, 1000}}},
       {{1, 2, 2}, {31, 42, 3100, 4200}}},
      {"groups",
       convOp(1, {{"groups", int64_t(2)}}),
       {ramp({1, 4, 2}), Tensor<double>{{2, 2, 1}, {1, 10, 100, 1000}}},
       {{1, 2, 2}, {31, 42, 7500, 8600}}},
      {"depthwise_two_filters_each",
       convOp(1, {{"groups", int64_t(2)}}),
       {ramp({1, 2, 2}), ramp({4, 1, 1})},
       {{1, 4, 2}, {1, 2, 2, 4, 9, 12, 12, 16}}},
      {"volume", convOp(3), {ramp({1, 1, 2, 2, 2}), block}, {{1, 1, 1, 1, 1}, {36}}},
      {"volume_padded_in_front",
       convOp(3, {{"pads", Ints{1, 0, 0, 0, 0, 0}}}),
       {ramp({1, 1, 2, 2, 2}), block},
       {{1, 1, 2, 1, 1}, {10, 36}}},

      {"flipped_signal", convOp(1, {}, "true_conv"), {five, difference}, signal({2, 2, 2})},
      {"flipped_picture",
       convOp(2, {}, "true_conv"),
       {ramp({1, 1, 3, 3}), square, vector({1})},
       {{1, 1, 2, 2}, {24, 34, 54, 64}}},
  };
}

static std::vector<Case> filterGradCases() {
  auto filterGrad = [](Ints kernel, Attributes changes = {}) {
    changes.insert({"kernel_shape", kernel});
    return convOp(kernel.size(), std::move(changes), "conv_filter_grad");
  };
  Tensor<double> five = signal({1, 2, 3, 4, 5});
  return {
      // 1 * 1 + 10 * 2 + 100 * 3, and so on from the next element.
      {"filter", filterGrad({3}), {five, signal({1, 10, 100})}, signal({321, 432, 543})},
      {"filter_of_padded",
       filterGrad({3}, {{"pads", Ints{1, 1}}}),
       {signal({1, 2, 3}), signal({1, 10, 100})},
       signal({210, 321, 32})},
      {"filter_of_strided_and_dilated",
       filterGrad({2}, {{"strides", Ints{2}}, {"dilations", Ints{2}}}),
       {five, signal({1, 10})},
       signal({31, 53})},
      // The last window reaches beyond the input.
      {"filter_beyond_the_input",
       filterGrad({3}, {{"strides", Ints{2}}}),
       {signal({1, 2, 3}), signal({1, 10})},
       signal({31, 2, 3})},
      // Summed over the batch; a row for each output channel.
      {"filter_of_channels",
       filterGrad({1}),
       {ramp({2, 2, 1}), Tensor<double>{{2, 2, 1}, {1, 2, 10, 20}}},
       {{2, 2, 1}, {31, 42, 62, 84}}},
      {"filter_of_groups",
       filterGrad({1}, {{"groups", int64_t(2)}}),
       {ramp({1, 2, 2}), Tensor<double>{{1, 2, 2}, {1, 10, 1, 10}}},
       {{2, 1, 1}, {21, 43}}},
  };
}

std::vector<Case> convCases() {
  std::vector<Case> cases = plainConvCases();
  for (auto more : {convTransposeCases(), filterGradCases()})
    cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

} // namespace cnnc::reference
