#include "tests/reference/Cases.h"

#include <cmath>

namespace cnnc::reference {

static Tensor<double> number(double value) { return {{}, {value}}; }

static std::vector<Case> classCases() {
  double ln2 = std::log(2.0), ln3 = std::log(3.0), ln4 = std::log(4.0);
  auto oneHot = [](int64_t classes, int64_t axis) {
    return makeOp("one_hot", {{"classes", classes}, {"axis", axis}});
  };
  auto logSoftmax = [](int64_t axis) { return makeOp("log_softmax", {{"axis", axis}}); };
  auto entropy = [](int64_t axis, double smoothing = 0, int64_t ignored = -100) {
    return makeOp("cross_entropy",
                  {{"axis", axis}, {"label_smoothing", smoothing}, {"ignore_index", ignored}});
  };
  // Probabilities 1/4, 3/4 and 1/2, 1/2.
  Tensor<double> logits{{2, 2}, {0, ln3, 5, 5}};
  return {
      {"labels", oneHot(3, 1), {vector({2, 0})}, {{2, 3}, {0, 0, 1, 1, 0, 0}}},
      {"labels_first", oneHot(2, 0), {vector({1, 0, 1})}, {{2, 3}, {0, 1, 0, 1, 0, 1}}},
      {"no_class_is_zeros", oneHot(2, 1), {vector({-1, 2})}, Tensor<double>({2, 2})},
      {"logarithms", logSoftmax(1), {logits}, {{2, 2}, {-ln4, ln3 - ln4, -ln2, -ln2}}},
      {"stays_in_range", logSoftmax(0), {vector({1e5, 0})}, vector({0, -1e5})},
      {"of_labels", entropy(1), {logits, vector({0, 1})}, number((ln4 + ln2) / 2)},
      {"leaves_out_what_is_no_class", entropy(1), {logits, vector({0, -1})}, number(ln4)},
      {"leaves_out_the_class_to_ignore", entropy(1, 0, 0), {logits, vector({0, 1})}, number(ln2)},
      {"of_distributions",
       entropy(1),
       {logits, Tensor<double>{{2, 2}, {0.5, 0.5, 1, 0}}},
       number((ln4 - ln3 / 2 + ln2) / 2)},
      {"smoothed", entropy(1, 0.5), {logits, vector({0, 1})}, number((ln4 - ln3 / 4 + ln2) / 2)},
      // The first pixel has the logits 0 and ln 3, the second 5 and 5.
      {"of_pixels",
       entropy(1),
       {Tensor<double>{{1, 2, 2}, {0, 5, ln3, 5}}, Tensor<double>{{1, 2}, {1, 0}}},
       number((ln4 - ln3 + ln2) / 2)},
  };
}

static std::vector<Case> distanceCases() {
  double ln2 = std::log(2.0), ln3 = std::log(3.0), ln4 = std::log(4.0);
  Tensor<double> y = vector({1, 2, 5}), t = vector({1, 4, 2});
  return {
      {"squares", makeOp("mean_squared_error"), {y, t}, number(13. / 3)},
      {"distances", makeOp("mean_absolute_error"), {y, t}, number(5. / 3)},
      // 0, 2^2 / 2, and 2.5 (3 - 1.25)
      {"square_then_linear", makeOp("huber", {{"delta", 2.5}}), {y, t}, number(6.375 / 3)},
      {"probabilities",
       makeOp("binary_cross_entropy"),
       {vector({0, ln3, 1000}), vector({1, 0, 1})},
       number((ln2 + ln4) / 3)},
      // 1 - (2 * 1 + 1) / (3 + 1) and 1 - (0 + 1) / (1 + 1)
      {"overlap_per_channel",
       makeOp("dice", {{"smoothing", 1.0}}),
       {Tensor<double>{{1, 2, 2}, {1, 1, 1, 0}}, Tensor<double>{{1, 2, 2}, {1, 0, 0, 0}}},
       number((1. / 4 + 1. / 2) / 2)},
  };
}

std::vector<Case> lossCases() {
  std::vector<Case> cases = classCases();
  for (Case &test : distanceCases())
    cases.push_back(std::move(test));
  return cases;
}

} // namespace cnnc::reference
