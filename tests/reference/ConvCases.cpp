#include "tests/reference/Cases.h"

namespace cnnc::reference {

static const std::string same = "same", sameLower = "same_lower";

std::vector<Case> convCases() {
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

} // namespace cnnc::reference
