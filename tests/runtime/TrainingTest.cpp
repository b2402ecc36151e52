// What a step of training checks and computes beside its kernels.
#include "cnnrt_generated.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace {

/// The status of labels of a type, of which there are ten classes.
template <typename T> int check(int type, const std::vector<T> &labels) {
  return cnnrt_check_labels(labels.data(), type, static_cast<int64_t>(labels.size()), 10, 0, 0);
}

template <typename T> int checkBut(int64_t ignored, int type, const std::vector<T> &labels) {
  const auto count = static_cast<int64_t>(labels.size());
  return cnnrt_check_labels(labels.data(), type, count, 10, ignored, 1);
}

} // namespace

TEST(AnyPointer, IsOneThatIsNotNull) {
  const int number = 0;
  const void *const some[] = {nullptr, &number}, *const none[] = {nullptr, nullptr};
  EXPECT_EQ(cnnrt_any_pointer(some, 2), 1);
  EXPECT_EQ(cnnrt_any_pointer(some, 1), 0);
  EXPECT_EQ(cnnrt_any_pointer(none, 2), 0);
  EXPECT_EQ(cnnrt_any_pointer(nullptr, 2), 0);
}

TEST(CheckLabels, TakesThoseOfTheClasses) {
  EXPECT_EQ(check<int64_t>(CNNRT_I64, {0, 9, 5}), CNNRT_OK);
  EXPECT_EQ(check<int32_t>(CNNRT_I32, {0, 9, 5}), CNNRT_OK);
  EXPECT_EQ(check<uint8_t>(CNNRT_U8, {0, 9, 5}), CNNRT_OK);
  EXPECT_EQ(check<int64_t>(CNNRT_I64, {}), CNNRT_OK);
}

TEST(CheckLabels, RefusesOthersWhereverTheyStand) {
  EXPECT_EQ(check<int64_t>(CNNRT_I64, {10, 0, 0}), CNNRT_BAD_TARGET);
  EXPECT_EQ(check<int64_t>(CNNRT_I64, {0, 0, -1}), CNNRT_BAD_TARGET);
  EXPECT_EQ(check<int64_t>(CNNRT_I64, {int64_t(1) << 32}), CNNRT_BAD_TARGET);
  EXPECT_EQ(check<int32_t>(CNNRT_I32, {0, 10, 0}), CNNRT_BAD_TARGET);
  EXPECT_EQ(check<int32_t>(CNNRT_I32, {0, 0, -1}), CNNRT_BAD_TARGET);
  EXPECT_EQ(check<uint8_t>(CNNRT_U8, {0, 0, 255}), CNNRT_BAD_TARGET);
}

TEST(CheckLabels, PassesOverTheOneToIgnore) {
  EXPECT_EQ(checkBut<int64_t>(-100, CNNRT_I64, {3, -100}), CNNRT_OK);
  EXPECT_EQ(checkBut<int64_t>(-100, CNNRT_I64, {3, -101}), CNNRT_BAD_TARGET);
  EXPECT_EQ(checkBut<int32_t>(-1, CNNRT_I32, {-1, 9}), CNNRT_OK);
  EXPECT_EQ(checkBut<uint8_t>(255, CNNRT_U8, {255, 9}), CNNRT_OK);
  EXPECT_EQ(checkBut<uint8_t>(-1, CNNRT_U8, {255, 9}), CNNRT_BAD_TARGET);
}

TEST(CheckLabels, TakesNoOtherType) {
  for (int type : {CNNRT_F32, CNNRT_F64, CNNRT_I8, CNNRT_BOOL})
    EXPECT_EQ(check<int64_t>(type, {0}), CNNRT_BAD_TARGET);
}

// Against the exponential function, in long double: 1 - beta^n = -expm1(n log beta).
TEST(BiasCorrection, IsExactToAFloat) {
  for (double beta : {0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1 - 1e-7, 1 - 1e-12})
    for (uint64_t step : {0ull, 1ull, 2ull, 9ull, 99ull, 1000000ull, 4294967295ull}) {
      const long double n = static_cast<long double>(step) + 1;
      const auto expected = static_cast<float>(-expm1l(n * log1pl(beta - 1.0L)));
      EXPECT_FLOAT_EQ(cnnrt_bias_correction(beta, step), expected) << beta << " " << step;
    }
}

TEST(BiasCorrection, HasItsEnds) {
  EXPECT_EQ(cnnrt_bias_correction(0, 0), 1);
  EXPECT_EQ(cnnrt_bias_correction(0, 12345), 1);
  EXPECT_EQ(cnnrt_bias_correction(1, 12345), 0);
  EXPECT_EQ(cnnrt_bias_correction(0.9, 1000), 1);
}

TEST(BiasCorrection, CountsStepsIn32Bits) {
  for (uint64_t step : {0, 7})
    EXPECT_EQ(cnnrt_bias_correction(0.999, (uint64_t(1) << 32) + step),
              cnnrt_bias_correction(0.999, step));
}

TEST(CheckFinite, RefusesInfinityAndWhatIsNoNumber) {
  using Limits = std::numeric_limits<float>;
  std::vector<float> values = {0, -0.0f, 1, Limits::max(), Limits::lowest(), Limits::denorm_min()};
  const auto count = static_cast<int64_t>(values.size());
  EXPECT_EQ(cnnrt_check_finite(values.data(), count), CNNRT_OK);
  for (float bad :
       {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN(), -Limits::quiet_NaN()})
    for (float &value : values) {
      const float before = value;
      value = bad;
      EXPECT_EQ(cnnrt_check_finite(values.data(), count), CNNRT_NOT_FINITE) << &value - &values[0];
      value = before;
    }
  EXPECT_EQ(cnnrt_check_finite(nullptr, 0), CNNRT_OK);
}

namespace {

/// Pretends that another machine has 1 in every place.
struct OtherMachine {
  int calls = 0, result = 0;

  static int average(void *context, float *values, int64_t count) {
    auto *machine = static_cast<OtherMachine *>(context);
    machine->calls++;
    for (int64_t i = 0; i < count; i++)
      values[i] = (values[i] + 1) / 2;
    return machine->result;
  }
};

/// The status of an all-reduce of `values` with this exec.
int reduce(const cnnrt_exec *exec, std::vector<float> &values) {
  cnnrt_context context = {};
  context.exec = exec;
  return cnnrt_all_reduce(&context, values.data(), static_cast<int64_t>(values.size()));
}

} // namespace

TEST(AllReduce, AsksTheHookOnce) {
  OtherMachine machine;
  cnnrt_exec exec = {};
  exec.struct_size = sizeof exec;
  exec.all_reduce = OtherMachine::average;
  exec.all_reduce_context = &machine;
  std::vector<float> values = {3, 5};
  EXPECT_EQ(reduce(&exec, values), CNNRT_OK);
  EXPECT_EQ(values, (std::vector<float>{2, 3}));
  EXPECT_EQ(machine.calls, 1);

  for (int result : {-1, 1, static_cast<int>(CNNRT_BAD_SIZE)}) {
    machine.result = result;
    EXPECT_EQ(reduce(&exec, values), CNNRT_ALL_REDUCE_FAILED);
  }
}

TEST(AllReduce, LeavesTheValuesOfAMachineAlone) {
  OtherMachine machine;
  cnnrt_exec exec = {};
  exec.struct_size = sizeof exec;
  std::vector<float> values = {3, 5};
  EXPECT_EQ(reduce(nullptr, values), CNNRT_OK);
  EXPECT_EQ(reduce(&exec, values), CNNRT_OK);

  // The exec of a program that is older than the hook ends before it.
  exec.all_reduce = OtherMachine::average;
  exec.all_reduce_context = &machine;
  exec.struct_size = offsetof(cnnrt_exec, all_reduce);
  EXPECT_EQ(reduce(&exec, values), CNNRT_OK);
  EXPECT_EQ(machine.calls, 0);
  EXPECT_EQ(values, (std::vector<float>{3, 5}));
}
