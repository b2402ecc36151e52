#include "tests/reference/Cases.h"

namespace cnnc::reference {

static Attributes withEpsilon(Attributes attributes, double epsilon = 0) {
  attributes["epsilon"] = epsilon;
  return attributes;
}

// Pairs 1, 3 and 5, 9 have the means 2 and 7, and the variances 1 and 4.
static std::vector<Case> statisticsCases() {
  OpDescription rows = makeOp("normalize", withEpsilon({{"axes", Ints{1}}}));
  OpDescription batch = makeOp("normalize", withEpsilon({{"axes", Ints{0, 2}}}, 3));
  auto layer = [](int64_t axis) { return makeOp("layer_norm", withEpsilon({{"axis", axis}})); };
  Tensor<double> pairs{{2, 2}, {1, 3, 5, 9}};
  return {
      {"rows", rows, {pairs}, {{2, 2}, {-1, 1, -1, 1}}},
      {"batch_and_space_with_epsilon",
       batch,
       {Tensor<double>{{2, 2, 1}, {1, 10, 3, 10}}},
       {{2, 2, 1}, {-0.5, 0, 0.5, 0}}},
      {"far_from_zero", rows, {Tensor<double>{{1, 2}, {4097, 4099}}}, {{1, 2}, {-1, 1}}},
      {"rows", layer(1), {pairs, vector({2, 3}), vector({1, 0})}, {{2, 2}, {-1, 3, -1, 3}}},
      {"without_bias", layer(1), {pairs, vector({2, 3})}, {{2, 2}, {-2, 3, -2, 3}}},
      {"over_two_dims",
       layer(1),
       {Tensor<double>{{1, 2, 2}, {0, 0, 2, 2}}, ramp({2, 2}), Tensor<double>({2, 2})},
       {{1, 2, 2}, {-1, -2, 3, 4}}},
  };
}

static std::vector<Case> imageCases() {
  auto group = [](int64_t groups) {
    return makeOp("group_norm", withEpsilon({{"groups", groups}}));
  };
  return {
      {"groups",
       group(2),
       {Tensor<double>{{1, 4, 1}, {1, 3, 5, 9}}, ramp({4}), vector({0, 0, 0, 1})},
       {{1, 4, 1}, {-1, 2, -3, 5}}},
      {"of_images_without_space",
       group(1),
       {Tensor<double>{{2, 2}, {1, 3, 5, 9}}, ramp({2}), vector({0, 1})},
       {{2, 2}, {-1, 3, -1, 3}}},
      {"channels",
       makeOp("instance_norm", withEpsilon({})),
       {Tensor<double>{{1, 2, 2}, {1, 3, 5, 9}}, vector({2, 3}), vector({1, 0})},
       {{1, 2, 2}, {-1, 3, -3, 3}}},
  };
}

static std::vector<Case> neighbourCases() {
  auto norm = [](int64_t size, double alpha, double beta, double bias) {
    return makeOp("local_response_norm",
                  {{"size", size}, {"alpha", alpha}, {"beta", beta}, {"bias", bias}});
  };
  return {
      // 1 + 5, 1 + 14 and 1 + 13
      {"three_channels",
       norm(3, 3, 1, 1),
       {Tensor<double>{{1, 3, 1}, {1, 2, 3}}},
       {{1, 3, 1}, {1. / 6, 2. / 15, 3. / 14}}},
      // The roots of 3^2 + 4^2 and of 4^2.
      {"even_size_sees_the_next_channel",
       norm(2, 2, 0.5, 0),
       {Tensor<double>{{1, 2, 1}, {3, 4}}},
       {{1, 2, 1}, {0.6, 1}}},
      {"more_than_all_channels",
       norm(9, 9, 1, 0),
       {Tensor<double>{{1, 2, 1}, {1, 2}}},
       {{1, 2, 1}, {0.2, 0.4}}},
  };
}

// Of Philox' first words for a counter and a key of zeros: 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
static std::vector<Case> randomCases() {
  constexpr double unit = 1.0 / (1 << 24);
  return {{"words_in_row_major_order",
           makeOp("random", {{"layer", int64_t(0)}}),
           {Tensor<double>{{}, {0}}, Tensor<double>({2, 2})},
           {{2, 2}, {0x6627e8 * unit, 0xe169c5 * unit, 0xbc57ac * unit, 0x9b00db * unit}}}};
}

std::vector<Case> normalizeCases() {
  std::vector<Case> cases = statisticsCases();
  for (auto family : {imageCases(), neighbourCases(), randomCases()})
    cases.insert(cases.end(), family.begin(), family.end());
  return cases;
}

} // namespace cnnc::reference
