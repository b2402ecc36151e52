#include "tests/reference/Cases.h"

#include <cstdint>

namespace cnnc::reference {

static OpDescription padOp(Ints pads, const std::string &mode, double value = 0) {
  return makeOp("pad", {{"pads", pads}, {"mode", mode}, {"value", value}});
}

static OpDescription sliceOp(Ints starts, Ints ends, Ints steps) {
  return makeOp("slice", {{"starts", starts}, {"ends", ends}, {"steps", steps}});
}

static OpDescription castTo(ElementType type) { return makeOp("cast", {}, {type, {5}}); }

static std::vector<Case> shapeCases() {
  Tensor<double> block = ramp({2, 3, 2});
  auto flatten = [](int64_t axis) { return makeOp("flatten", {{"axis", axis}}); };
  auto reshape = [](Shape shape) {
    return makeOp("reshape", {}, {ElementType::F32, std::move(shape)});
  };
  auto transpose = [](Ints dims) { return makeOp("transpose", {{"permutation", dims}}); };
  auto concat = [](int64_t axis) { return makeOp("concat", {{"axis", axis}}); };
  return {
      {"reshape", reshape({3, 2}), {ramp({2, 3})}, ramp({3, 2})},
      {"reshape_to_run_time_size", reshape({-2, 2, -1}), {ramp({2, 3})}, ramp({3, 2, 1}), {1, 3}},
      {"reshape_to_scalar", reshape({}), {ramp({1})}, ramp({})},
      {"expand",
       makeOp("expand", {}, {ElementType::F32, {2, 2, 3}}),
       {Tensor<double>{{2, 1}, {1, 2}}},
       {{2, 2, 3}, {1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2}}},
      {"expand_a_number",
       makeOp("expand", {}, {ElementType::F32, {3}}),
       {Tensor<double>{{}, {5}}},
       vector({5, 5, 5})},
      {"flatten_at_0", flatten(0), {block}, ramp({1, 12})},
      {"flatten_at_1", flatten(1), {block}, ramp({2, 6})},
      {"flatten_at_end", flatten(3), {block}, ramp({12, 1})},
      {"transpose", transpose({1, 0}), {ramp({2, 3})}, {{3, 2}, {1, 4, 2, 5, 3, 6}}},
      {"transpose_to_channels_last",
       transpose({0, 2, 1}),
       {ramp({1, 2, 3})},
       {{1, 3, 2}, {1, 4, 2, 5, 3, 6}}},
      {"transpose_rotates",
       transpose({2, 0, 1}),
       {ramp({1, 2, 3})},
       {{3, 1, 2}, {1, 4, 2, 5, 3, 6}}},
      {"concat",
       concat(1),
       {Tensor<double>{{2, 1}, {1, 2}}, Tensor<double>{{2, 2}, {3, 4, 5, 6}}},
       {{2, 3}, {1, 3, 4, 2, 5, 6}}},
      {"concat_of_three", concat(0), {vector({1}), vector({2, 3}), vector({4})}, ramp({4})},
      {"concat_of_one", concat(0), {ramp({3})}, ramp({3})},
  };
}

static std::vector<Case> borderCases() {
  Tensor<double> three = vector({1, 2, 3});
  return {
      {"pad_constant", padOp({2, 1}, "constant", 9), {three}, vector({9, 9, 1, 2, 3, 9})},
      {"pad_edge", padOp({2, 1}, "edge"), {three}, vector({1, 1, 1, 2, 3, 3})},
      {"pad_reflect", padOp({2, 1}, "reflect"), {three}, vector({3, 2, 1, 2, 3, 2})},
      {"pad_reflect_twice", padOp({4, 0}, "reflect"), {three}, vector({1, 2, 3, 2, 1, 2, 3})},
      {"pad_reflect_one", padOp({1, 1}, "reflect"), {vector({5})}, vector({5, 5, 5})},
      {"pad_wrap", padOp({2, 1}, "wrap"), {three}, vector({2, 3, 1, 2, 3, 1})},
      {"pad_corner", padOp({1, 0, 0, 1}, "constant"), {ramp({1, 2})}, {{2, 3}, {0, 0, 0, 1, 2, 0}}},
      {"pad_edge_corner",
       padOp({1, 1, 0, 0}, "edge"),
       {ramp({2, 2})},
       {{3, 3}, {1, 1, 2, 1, 1, 2, 3, 3, 4}}},
      {"slice", sliceOp({0, 1}, {INT64_MAX, 4}, {1, 2}), {ramp({2, 4})}, {{2, 2}, {2, 4, 6, 8}}},
      {"slice_step_beyond_end", sliceOp({1}, {3}, {5}), {three}, vector({2})},
      {"slice_of_nothing", sliceOp({2}, {2}, {1}), {three}, vector({})},
      {"flip_rows",
       makeOp("flip", {{"axes", Ints{1}}}),
       {ramp({2, 3})},
       {{2, 3}, {3, 2, 1, 6, 5, 4}}},
      {"flip_both",
       makeOp("flip", {{"axes", Ints{0, 1}}}),
       {ramp({2, 3})},
       {{2, 3}, {6, 5, 4, 3, 2, 1}}},
  };
}

static std::vector<Case> castCases() {
  Tensor<double> values = vector({-1.75, 1.75, 300, 0, 255.875});
  return {
      {"cast_to_u8_saturates", castTo(ElementType::U8), {values}, vector({0, 1, 255, 0, 255})},
      {"cast_to_i8_saturates", castTo(ElementType::I8), {values}, vector({-1, 1, 127, 0, 127})},
      {"cast_to_i32_truncates", castTo(ElementType::I32), {values}, vector({-1, 1, 300, 0, 255})},
      {"cast_to_bool", castTo(ElementType::Bool), {values}, vector({1, 1, 1, 0, 1})},
      {"cast_to_float", castTo(ElementType::F32), {values}, values},
  };
}

static std::vector<Case> depthToSpaceCases() {
  auto op = [](Ints blocks, Ints crops, int64_t groups) {
    return makeOp("depth_to_space", {{"blocks", blocks}, {"crops", crops}, {"groups", groups}});
  };
  Tensor<double> pixel = ramp({1, 8, 1, 1});
  return {
      // Four phases of two channels, and two channels of four phases.
      {"phases_outside", op({2, 2}, {}, 1), {pixel}, {{1, 2, 2, 2}, {1, 3, 5, 7, 2, 4, 6, 8}}},
      {"channels_outside", op({2, 2}, {}, 2), {pixel}, {{1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}}},
      {"row_of_blocks", op({2}, {}, 1), {ramp({1, 2, 3})}, signal({1, 4, 2, 5, 3, 6})},
      {"cropped", op({2}, {1, 2}, 1), {ramp({1, 2, 3})}, signal({4, 2, 5})},
      {"blocks_differ",
       op({1, 3}, {}, 1),
       {ramp({1, 3, 2, 1})},
       {{1, 1, 2, 3}, {1, 3, 5, 2, 4, 6}}},
      {"batch", op({2}, {}, 1), {ramp({2, 2, 1})}, {{2, 1, 2}, {1, 2, 3, 4}}},
  };
}

static OpDescription resizeOp(Ints scales, Ints divisors, const std::string &mode,
                              const std::string &coordinates,
                              const std::string &rounding = "round_prefer_floor") {
  return makeOp("resize", {{"scales", scales},
                           {"divisors", divisors},
                           {"mode", mode},
                           {"coordinate_transformation_mode", coordinates},
                           {"nearest_mode", rounding}});
}

static std::vector<Case> nearestCases() {
  auto nearest = [](int64_t scale, int64_t divisor, const std::string &coordinates,
                    const std::string &rounding) {
    return resizeOp({scale}, {divisor}, "nearest", coordinates, rounding);
  };
  Tensor<double> two = signal({1, 2}), four = signal({1, 2, 3, 4});
  return {
      {"nearest_repeats",
       nearest(3, 1, "half_pixel", "round_prefer_floor"),
       {two},
       signal({1, 1, 1, 2, 2, 2})},
      {"nearest_takes_every_second", nearest(1, 2, "asymmetric", "floor"), {four}, signal({1, 3})},
      // x / 2 = 0, 1/2, 1, 3/2
      {"halves_to_floor",
       nearest(2, 1, "asymmetric", "round_prefer_floor"),
       {two},
       signal({1, 1, 2, 2})},
      {"halves_to_ceil",
       nearest(2, 1, "asymmetric", "round_prefer_ceil"),
       {two},
       signal({1, 2, 2, 2})},
      // x / 3 = 0, 1/3, 2/3, 1, 4/3, 5/3
      {"ceil", nearest(3, 1, "asymmetric", "ceil"), {two}, signal({1, 2, 2, 2, 2, 2})},
      // 4 * 3/2 = 6; x * 2/3 = 0, 2/3, 4/3, 2, 8/3, 10/3
      {"fraction", nearest(3, 2, "asymmetric", "floor"), {four}, signal({1, 1, 2, 3, 3, 4})},
      // x * 3/7 = 0, 3/7, 6/7, 9/7, 12/7, 15/7, 18/7, 3
      {"corners_aligned",
       nearest(2, 1, "align_corners", "round_prefer_floor"),
       {four},
       signal({1, 1, 2, 2, 3, 3, 4, 4})},
      {"rows_and_columns_differ",
       resizeOp({2, 1}, {1, 1}, "nearest", "asymmetric", "floor"),
       {ramp({1, 1, 2, 2})},
       {{1, 1, 4, 2}, {1, 2, 1, 2, 3, 4, 3, 4}}},
      {"of_each_channel",
       nearest(2, 1, "half_pixel", "round_prefer_floor"),
       {ramp({1, 2, 2})},
       {{1, 2, 4}, {1, 1, 2, 2, 3, 3, 4, 4}}},
  };
}

static std::vector<Case> linearResizeCases() {
  auto linear = [](int64_t scale, int64_t divisor, const std::string &coordinates) {
    return resizeOp({scale}, {divisor}, "linear", coordinates);
  };
  Tensor<double> two = signal({1, 3}), four = signal({1, 2, 4, 8});
  OpDescription like = resizeOp({}, {}, "linear", "align_corners");
  like.name = "resize_like";
  OpDescription nearestLike = resizeOp({}, {}, "nearest", "asymmetric", "floor");
  nearestLike.name = "resize_like";
  return {
      // Places -1/4, 1/4, 3/4, 5/4: outside is the edge.
      {"linear_half_pixel", linear(2, 1, "half_pixel"), {two}, signal({1, 1.5, 2.5, 3})},
      {"linear_asymmetric", linear(2, 1, "asymmetric"), {two}, signal({1, 2, 3, 3})},
      {"linear_corners_aligned",
       linear(2, 1, "align_corners"),
       {two},
       signal({1, 1 + 2. / 3, 1 + 4. / 3, 3})},
      // Places 1/2 and 5/2.
      {"linear_shrinks", linear(1, 2, "half_pixel"), {four}, signal({1.5, 6})},
      // One element shows 3/2 or, in PyTorch, 0.
      {"linear_to_one", linear(1, 4, "half_pixel"), {four}, signal({3})},
      {"linear_to_one_as_pytorch", linear(1, 4, "pytorch_half_pixel"), {four}, signal({1})},
      {"linear_to_one_corners_aligned", linear(1, 4, "align_corners"), {four}, signal({1})},
      {"linear_in_two_dims",
       resizeOp({2, 3}, {1, 2}, "linear", "align_corners"),
       {Tensor<double>{{1, 1, 1, 2}, {0, 4}}},
       {{1, 1, 2, 3}, {0, 2, 4, 0, 2, 4}}},
      {"linear_to_another_size", like, {two, ramp({1, 1, 5})}, signal({1, 1.5, 2, 2.5, 3})},
      // x * 4/3 = 0, 4/3, 8/3
      {"nearest_to_another_size", nearestLike, {four, ramp({1, 7, 3})}, signal({1, 2, 4})},
  };
}

static std::vector<Case> resizeGradCases() {
  auto gradient = [](Ints scales, Ints divisors, const std::string &mode,
                     const std::string &coordinates) {
    OpDescription op = resizeOp(scales, divisors, mode, coordinates);
    op.name = "resize_grad";
    return op;
  };
  Tensor<double> two = signal({0, 0}), g = signal({1, 2, 4, 8});
  return {
      {"nearest", gradient({2}, {1}, "nearest", "half_pixel"), {g, two}, signal({3, 12})},
      // Shares of the first element: 1, 3/4, 1/4, 0.
      {"linear", gradient({2}, {1}, "linear", "half_pixel"), {g, two}, signal({3.5, 11.5})},
      // Places 1/2 and 5/2.
      {"linear_shrinking",
       gradient({1}, {2}, "linear", "half_pixel"),
       {signal({2, 6}), signal({0, 0, 0, 0})},
       signal({1, 1, 3, 3})},
      // Shares of the first element: 1, 2/3, 1/3, 0.
      {"of_another_size",
       gradient({}, {}, "linear", "align_corners"),
       {signal({3, 6, 9, 12}), two},
       signal({10, 20})},
      {"in_two_dims",
       gradient({2, 1}, {1, 1}, "nearest", "half_pixel"),
       {ramp({1, 1, 4, 2}), ramp({1, 1, 2, 2})},
       {{1, 1, 2, 2}, {4, 6, 12, 14}}},
  };
}

std::vector<Case> movementCases() {
  std::vector<Case> cases = shapeCases();
  for (auto more : {borderCases(), castCases(), depthToSpaceCases(), nearestCases(),
                    linearResizeCases(), resizeGradCases()})
    cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

} // namespace cnnc::reference
