// linear and matmul.
#include "tests/kernels/KernelCase.h"

#include <gtest/gtest.h>

namespace cnnc {

static void checkLinear(Ints input, int64_t outputs, std::vector<Ints> sizes) {
  KernelCase test("linear");
  int64_t inputs = input.back();
  int x = test.input(input), w = test.weight({outputs, inputs}), b = test.weight({outputs});
  Ints result = input;
  result.back() = outputs;
  test.op("linear", {x, w, b}, {}, result).at(std::move(sizes)).check();
}

TEST(Linear, oneRow) {
  checkLinear({1, 100}, 1000, {{}});
  checkLinear({1, 7}, 2, {{}});
  checkLinear({33}, 5, {{}});
}

TEST(Linear, manyRows) {
  checkLinear({-1, 64}, 96, {{1}, {2}, {13}, {40}});
  checkLinear({-1, -2, 20}, 17, {{1, 1}, {3, 5}});
}

static void checkMatMul(Ints a, Ints b, Ints result, std::vector<Ints> sizes = {{}},
                        bool weight = false) {
  KernelCase test("matmul");
  int left = test.input(a), right = weight ? test.weight(b) : test.input(b);
  test.op("matmul", {left, right}, {}, result).at(std::move(sizes)).check();
}

TEST(MatMul, ofMatrices) {
  checkMatMul({5, 7}, {7, 9}, {5, 9});
  checkMatMul({5, 7}, {7, 9}, {5, 9}, {{}}, true);
  checkMatMul({-1, 7}, {7, -2}, {-1, -2}, {{1, 1}, {20, 33}, {3, 16}});
  checkMatMul({-1, -3}, {-3, -2}, {-1, -2}, {{1, 1, 1}, {20, 33, 9}});
}

TEST(MatMul, broadcastsBatches) {
  checkMatMul({3, 5, 7}, {3, 7, 9}, {3, 5, 9});
  checkMatMul({3, 5, 7}, {7, 9}, {3, 5, 9});
  checkMatMul({2, 1, 5, 7}, {4, 7, 9}, {2, 4, 5, 9});
  checkMatMul({2, 1, 5, 7}, {4, 7, 9}, {2, 4, 5, 9}, {{}}, true);
  checkMatMul({7}, {4, 7, 9}, {4, 9}, {{}}, true);
}

TEST(MatMul, ofVectors) {
  checkMatMul({7}, {7, 20}, {20});
  checkMatMul({20, 7}, {7}, {20});
  checkMatMul({7}, {7}, {});
}

} // namespace cnnc
