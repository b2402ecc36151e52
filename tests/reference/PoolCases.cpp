#include "tests/reference/Cases.h"

namespace cnnc::reference {

static OpDescription maxPool(Ints kernel, Attributes changes = {}) {
  changes.insert({"ceil_mode", false});
  changes.insert({"kernel_shape", kernel});
  return makeOp("max_pool", window(kernel.size(), changes));
}

static OpDescription avgPool(Ints kernel, bool includePad, Attributes changes = {}) {
  changes.insert({{"ceil_mode", false}, {"count_include_pad", includePad}});
  changes.insert({"kernel_shape", kernel});
  return makeOp("avg_pool", window(kernel.size(), changes));
}

/// The gradient of a pool of the same attributes.
static OpDescription gradientOf(OpDescription pool) {
  pool.name += "_grad";
  return pool;
}

static std::vector<Case> gradientCases() {
  Tensor<double> five = signal({1, 3, 2, 5, 4}), g = signal({10, 20, 30, 40});
  Attributes halve{{"strides", Ints{2}}};
  return {
      {"max_goes_to_the_largest",
       gradientOf(maxPool({2}, halve)),
       {five, signal({10, 20})},
       signal({0, 10, 0, 20, 0})},
      // Windows {1, 3}, {3, 2}, {2, 5}, {5, 4}.
      {"max_of_overlapping_adds_up",
       gradientOf(maxPool({2})),
       {five, g},
       signal({0, 30, 0, 70, 0})},
      {"max_of_equal_is_the_first",
       gradientOf(maxPool({3}, {{"pads", Ints{1, 1}}})),
       {signal({7, 7, 7}), signal({1, 2, 4})},
       signal({3, 4, 0})},
      {"avg_is_shared_out",
       gradientOf(avgPool({2}, false, halve)),
       {signal({10, 20}), five},
       signal({5, 5, 10, 10, 0})},
      {"avg_of_what_is_seen",
       gradientOf(avgPool({3}, false, {{"strides", Ints{2}}, {"pads", Ints{1, 1}}})),
       {signal({2, 3}), signal({0, 0, 0})},
       signal({1, 2.5, 1.5})},
      {"avg_counting_padding",
       gradientOf(avgPool({3}, true, {{"strides", Ints{2}}, {"pads", Ints{1, 1}}})),
       {signal({3, 6}), signal({0, 0, 0})},
       signal({1, 3, 2})},
  };
}

static std::vector<Case> maxPoolCases() {
  Attributes halve{{"strides", Ints{2}}};
  Attributes halveUp{{"strides", Ints{2}}, {"ceil_mode", true}};
  Tensor<double> five = signal({1, 3, 2, 5, 4}), four = signal({1, 2, 3, 4});
  return {
      {"max_of_pairs", maxPool({2}, halve), {five}, signal({3, 5})},
      {"max_ceil", maxPool({2}, halveUp), {five}, signal({3, 5, 4})},
      // A third window would start in the padding at the end.
      {"max_ceil_drops_window_in_padding",
       maxPool({2}, {{"strides", Ints{2}}, {"ceil_mode", true}, {"pads", Ints{1, 1}}}),
       {signal({1, 3, 2})},
       signal({1, 3})},
      {"max_leaves_padding_out",
       maxPool({3}, {{"pads", Ints{1, 1}}}),
       {signal({-3, -1, -2})},
       signal({-1, -1, -1})},
      {"max_dilated", maxPool({2}, {{"dilations", Ints{2}}}), {five}, signal({2, 5, 4})},
      {"max_same",
       maxPool({3}, {{"strides", Ints{2}}, {"auto_pad", std::string("same")}}),
       {four},
       signal({3, 4})},
      {"max_same_lower",
       maxPool({3}, {{"strides", Ints{2}}, {"auto_pad", std::string("same_lower")}}),
       {four},
       signal({2, 4})},
      {"max_overlapping_picture",
       maxPool({3, 3}, {{"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}}),
       {ramp({1, 1, 4, 4})},
       {{1, 1, 2, 2}, {6, 8, 14, 16}}},
      {"max_volume_per_channel",
       maxPool({2, 2, 2}),
       {ramp({2, 2, 2, 2, 2})},
       {{2, 2, 1, 1, 1}, {8, 16, 24, 32}}},
      {"max_of_one", maxPool({1, 1}), {ramp({1, 1, 1, 1})}, ramp({1, 1, 1, 1})},
  };
}

static std::vector<Case> avgPoolCases() {
  Attributes border{{"pads", Ints{1, 1}}};
  Attributes halveUp{{"strides", Ints{2}}, {"ceil_mode", true}};
  Attributes halveUpBorder{{"strides", Ints{2}}, {"ceil_mode", true}, {"pads", Ints{1, 1}}};
  Attributes halveSame{{"strides", Ints{2}}, {"auto_pad", std::string("same")}};
  Tensor<double> four = signal({1, 2, 3, 4}), five = signal({1, 2, 3, 4, 5});
  return {
      {"mean_of_pairs", avgPool({2}, false, {{"strides", Ints{2}}}), {four}, signal({1.5, 3.5})},
      {"mean_leaves_padding_out",
       avgPool({3}, false, border),
       {signal({3, 6, 9})},
       signal({4.5, 6, 7.5})},
      {"mean_counts_padding", avgPool({3}, true, border), {signal({3, 6, 9})}, signal({3, 6, 5})},
      // The last window reaches one beyond the input, which is not padding.
      {"mean_ceil_counts_input_only", avgPool({2}, true, halveUp), {five}, signal({1.5, 3.5, 5})},
      {"mean_ceil", avgPool({2}, false, halveUp), {five}, signal({1.5, 3.5, 5})},
      // The last window sees 4, one element of padding, and one beyond it.
      {"mean_ceil_counts_padding", avgPool({3}, true, halveUpBorder), {four}, signal({1, 3, 2})},
      {"mean_ceil_padded", avgPool({3}, false, halveUpBorder), {four}, signal({1.5, 3, 4})},
      {"mean_same", avgPool({3}, false, halveSame), {four}, signal({2, 3.5})},
      {"mean_same_counts_padding", avgPool({3}, true, halveSame), {four}, signal({2, 7.0 / 3})},
      {"mean_dilated", avgPool({2}, false, {{"dilations", Ints{3}}}), {five}, signal({2.5, 3.5})},
      {"mean_picture_per_channel",
       avgPool({2, 2}, false),
       {ramp({1, 2, 2, 3})},
       {{1, 2, 1, 2}, {3, 4, 9, 10}}},
  };
}

std::vector<Case> poolCases() {
  std::vector<Case> cases = maxPoolCases();
  for (auto more : {avgPoolCases(), gradientCases()})
    cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

} // namespace cnnc::reference
