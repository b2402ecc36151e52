#include "tests/reference/Cases.h"

namespace cnnc::reference {

static OpDescription reduction(const std::string &name, Ints axes, bool keepDims) {
  return makeOp(name, {{"axes", axes}, {"keepdims", keepDims}});
}

std::vector<Case> reductionCases() {
  Tensor<double> matrix = ramp({2, 3}), cube = ramp({2, 2, 2});
  return {
      {"sum_of_columns", reduction("reduce_sum", {0}, false), {matrix}, vector({5, 7, 9})},
      {"sum_of_rows_kept", reduction("reduce_sum", {1}, true), {matrix}, {{2, 1}, {6, 15}}},
      {"sum_around_channels", reduction("reduce_sum", {0, 2}, false), {cube}, vector({14, 22})},
      {"sum_around_channels_kept",
       reduction("reduce_sum", {0, 2}, true),
       {cube},
       {{1, 2, 1}, {14, 22}}},
      {"mean_of_all", reduction("reduce_mean", {0, 1}, false), {matrix}, {{}, {3.5}}},
      {"mean_of_space_kept",
       reduction("reduce_mean", {2, 3}, true),
       {ramp({1, 2, 2, 2})},
       {{1, 2, 1, 1}, {2.5, 6.5}}},
      {"mean_of_one", reduction("reduce_mean", {1}, false), {ramp({2, 1})}, vector({1, 2})},
      {"max_of_rows", reduction("reduce_max", {1}, false), {matrix}, vector({3, 6})},
      {"max_of_negative", reduction("reduce_max", {0}, false), {vector({-2, -1})}, {{}, {-1}}},
      {"max_over_middle", reduction("reduce_max", {1}, false), {cube}, {{2, 2}, {3, 4, 7, 8}}},

      {"global_mean", makeOp("global_avg_pool"), {ramp({1, 2, 2, 2})}, {{1, 2}, {2.5, 6.5}}},
      {"global_mean_signal", makeOp("global_avg_pool"), {ramp({2, 1, 3})}, {{2, 1}, {2, 5}}},
      {"global_max", makeOp("global_max_pool"), {ramp({1, 2, 2, 2})}, {{1, 2}, {4, 8}}},
      {"global_max_volume", makeOp("global_max_pool"), {ramp({1, 1, 1, 2, 2})}, {{1, 1}, {4}}},
  };
}

} // namespace cnnc::reference
