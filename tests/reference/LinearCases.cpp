#include "tests/reference/Cases.h"

#include <cmath>

namespace cnnc::reference {

static std::vector<Case> denseCases() {
  Tensor<double> weight{{2, 3}, {1, 0, -1, 2, 2, 2}};
  OpDescription linear = makeOp("linear"), matmul = makeOp("matmul");
  return {
      {"linear", linear, {ramp({2, 3}), weight}, {{2, 2}, {-2, 12, -2, 30}}},
      {"linear_bias", linear, {ramp({2, 3}), weight, vector({10, 20})}, {{2, 2}, {8, 32, 8, 50}}},
      {"linear_of_vector", linear, {ramp({3}), weight}, vector({-2, 12})},
      {"linear_rank_3", linear, {ramp({2, 1, 3}), weight}, {{2, 1, 2}, {-2, 12, -2, 30}}},
      {"matrix_by_matrix",
       matmul,
       {ramp({2, 2}), Tensor<double>{{2, 2}, {5, 6, 7, 8}}},
       {{2, 2}, {19, 22, 43, 50}}},
      {"vector_by_vector", matmul, {ramp({3}), vector({4, 5, 6})}, {{}, {32}}},
      {"vector_by_matrix", matmul, {ramp({2}), ramp({2, 3})}, vector({9, 12, 15})},
      {"matrix_by_vector", matmul, {ramp({2, 3}), vector({1, 1, 1})}, vector({6, 15})},
      {"batches_broadcast",
       matmul,
       {ramp({2, 1, 1, 2}), ramp({3, 2, 1})},
       {{2, 3, 1, 1}, {5, 11, 17, 11, 25, 39}}},
      {"two_batch_dims",
       matmul,
       {ramp({2, 2, 1, 1}), Tensor<double>{{1, 1}, {10}}},
       {{2, 2, 1, 1}, {10, 20, 30, 40}}},
      {"outer_product", matmul, {ramp({2, 1}), ramp({1, 3})}, {{2, 3}, {1, 2, 3, 2, 4, 6}}},
  };
}

static std::vector<Case> normalisationCases() {
  OpDescription norm = makeOp("batch_norm", {{"epsilon", 1.0}});
  std::vector<Tensor<double>> statistics = {Tensor<double>{{1, 2, 2}, {1, 3, 5, 9}}, vector({2, 1}),
                                            vector({1, 0}), vector({2, 5}), vector({3, 15})};
  std::vector<Tensor<double>> noSpace = statistics;
  noSpace[0] = {{2, 2}, {1, 5, 3, 9}};
  auto softmax = [](int64_t axis, double temperature) {
    return makeOp("softmax", {{"axis", axis}, {"temperature", temperature}});
  };
  double ln3 = std::log(3.0);
  return {
      {"batch_norm", norm, statistics, {{1, 2, 2}, {0, 2, 0, 1}}},
      {"batch_norm_without_space", norm, noSpace, {{2, 2}, {0, 0, 2, 1}}},
      {"softmax", softmax(0, 1), {vector({0, ln3})}, vector({0.25, 0.75})},
      {"softmax_of_one", softmax(0, 1), {vector({5})}, vector({1})},
      {"softmax_temperature", softmax(0, 2), {vector({0, ln3})}, vector({0.1, 0.9})},
      {"softmax_negative_temperature", softmax(0, -1), {vector({0, ln3})}, vector({0.75, 0.25})},
      {"softmax_stays_in_range", softmax(0, 1), {vector({1e5, 1e5, -1e5})}, vector({0.5, 0.5, 0})},
      {"softmax_over_columns",
       softmax(0, 1),
       {Tensor<double>{{2, 2}, {0, 0, ln3, 0}}},
       {{2, 2}, {0.25, 0.5, 0.75, 0.5}}},
      {"softmax_over_channels",
       softmax(1, 1),
       {Tensor<double>{{1, 2, 2}, {0, ln3, ln3, 0}}},
       {{1, 2, 2}, {0.25, 0.75, 0.75, 0.25}}},
  };
}

std::vector<Case> linearCases() {
  std::vector<Case> cases = denseCases();
  for (Case &test : normalisationCases())
    cases.push_back(std::move(test));
  return cases;
}

} // namespace cnnc::reference
