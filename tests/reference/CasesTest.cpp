// Every hand-computed case, in double and in float; and every op has a case.
#include "tests/reference/Cases.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <limits>
#include <set>

namespace cnnc::reference {
namespace {

std::vector<Case> allCases() {
  std::vector<Case> cases;
  for (auto family : {convCases(), poolCases(), linearCases(), reductionCases(), movementCases(),
                      elementwiseCases(), lossCases(), normalizeCases()})
    cases.insert(cases.end(), family.begin(), family.end());
  return cases;
}

class ReferenceCase : public testing::TestWithParam<Case> {};

/// Evaluates the case in T. Operands and results are rounded to T, so a result may be off by some
/// units in the last place, and no more.
template <typename T> void check(const Case &test) {
  std::vector<Tensor<T>> operands;
  for (const Tensor<double> &operand : test.operands)
    operands.push_back(
        {operand.shape, std::vector<T>(operand.values.begin(), operand.values.end())});
  Operands<T> pointers;
  for (const Tensor<T> &operand : operands)
    pointers.push_back(&operand);

  Tensor<T> result = evaluate(test.op, pointers, test.sizes);
  ASSERT_EQ(result.shape, test.expected.shape);
  ASSERT_EQ(result.size(), test.expected.size());
  for (size_t i = 0; i < result.values.size(); ++i) {
    double expected = test.expected.values[i];
    double bound = 4 * std::numeric_limits<T>::epsilon() * std::max(1.0, std::abs(expected));
    EXPECT_NEAR(result.values[i], expected, bound) << "at element " << i;
  }
}

TEST_P(ReferenceCase, Double) { check<double>(GetParam()); }
TEST_P(ReferenceCase, Float) { check<float>(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Ops, ReferenceCase, testing::ValuesIn(allCases()), [](const auto &info) {
  return info.param.op.name + "__" + info.param.name;
});

TEST(Completeness, EveryOpHasACase) {
  std::set<std::string> tested;
  for (const Case &test : allCases())
    tested.insert(test.op.name);
  for (const std::string &name : opsWithReference())
    EXPECT_TRUE(tested.count(name)) << "no case in tests/reference for op " << name;
}

} // namespace
} // namespace cnnc::reference
