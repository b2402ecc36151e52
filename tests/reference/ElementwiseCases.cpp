#include "tests/reference/Cases.h"

#include <cmath>

namespace cnnc::reference {

/// A case of an op of one operand that maps `input` to `output`.
static Case unary(const std::string &name, std::vector<double> input, std::vector<double> output,
                  Attributes attributes = {}) {
  return {name,
          makeOp(name, std::move(attributes)),
          {vector(std::move(input))},
          vector(std::move(output))};
}

/// A case of an op of two operands of one shape.
static Case binary(const std::string &name, std::vector<double> a, std::vector<double> b,
                   std::vector<double> output) {
  return {
      name, makeOp(name), {vector(std::move(a)), vector(std::move(b))}, vector(std::move(output))};
}

/// The same for results of an integer type.
static Case integer(const std::string &label, const std::string &name, ElementType type, double a,
                    double b, double output) {
  return {label, makeOp(name, {}, {type, {1}}), {vector({a}), vector({b})}, vector({output})};
}

static std::vector<Case> formulaCases() {
  double ln2 = std::log(2.0), ln3 = std::log(3.0);
  return {
      unary("relu", {-1, 0, 2}, {0, 0, 2}),
      unary("sigmoid", {0, ln3, -ln3, 1000, -1000}, {0.5, 0.75, 0.25, 1, 0}),
      unary("tanh", {0, ln2, -ln2, 1000, -1000}, {0, 0.6, -0.6, 1, -1}),
      unary("exp", {0, ln2, -1000}, {1, 2, 0}),
      unary("log", {1, std::exp(1.0)}, {0, 1}),
      unary("sqrt", {0, 4, 2.25}, {0, 2, 1.5}),
      unary("neg", {-1, 2}, {1, -2}),
      unary("abs", {-1, 0, 2}, {1, 0, 2}),
      unary("step", {-1, 0, 2}, {0, 0, 1}),
      unary("silu", {0, ln3, -1000}, {0, 0.75 * ln3, 0}),
      unary("hard_swish", {-4, -3, 0, 1.5, 3, 4}, {0, 0, 0, 1.125, 3, 4}),
      unary("dropout", {-1, 0, 2}, {-1, 0, 2}, {{"ratio", 0.5}}),
      unary("leaky_relu", {-2, 0, 3}, {-0.5, 0, 3}, {{"alpha", 0.25}}),
      unary("hard_sigmoid", {-3, 0, 1, 3}, {0, 0.5, 0.75, 1}, {{"alpha", 0.25}, {"beta", 0.5}}),
      unary("clip", {-2, 0, 7}, {-1, 0, 6}, {{"min", -1.0}, {"max", 6.0}}),
      binary("add", {1, 2}, {10, 20}, {11, 22}),
      binary("sub", {1, 2}, {10, 20}, {-9, -18}),
      binary("mul", {1, 2}, {10, -20}, {10, -40}),
      binary("div", {1, 3}, {4, -2}, {0.25, -1.5}),
      binary("minimum", {1, 5}, {4, -2}, {1, -2}),
      binary("maximum", {1, 5}, {4, -2}, {4, 5}),
      binary("pow", {2, 9, 2}, {3, 0.5, -1}, {8, 3, 0.5}),
  };
}

static std::vector<Case> broadcastCases() {
  Tensor<double> matrix = ramp({2, 3}), scalar{{}, {10}}, channels{{2, 1, 1}, {10, 20}};
  return {
      {"row", makeOp("add"), {matrix, vector({10, 20, 30})}, {{2, 3}, {11, 22, 33, 14, 25, 36}}},
      {"scalar", makeOp("mul"), {matrix, scalar}, {{2, 3}, {10, 20, 30, 40, 50, 60}}},
      {"scalar_on_the_left", makeOp("sub"), {scalar, ramp({2})}, vector({9, 8})},
      {"row_by_column", makeOp("mul"), {ramp({2, 1}), ramp({1, 3})}, {{2, 3}, {1, 2, 3, 2, 4, 6}}},
      {"per_channel",
       makeOp("add"),
       {ramp({1, 2, 1, 2}), channels},
       {{1, 2, 1, 2}, {11, 12, 23, 24}}},
  };
}

static std::vector<Case> integerCases() {
  return {
      integer("u8_wraps_up", "add", ElementType::U8, 200, 100, 44),
      integer("u8_wraps_down", "sub", ElementType::U8, 1, 2, 255),
      integer("i8_wraps", "add", ElementType::I8, 127, 1, -128),
      integer("i32_product", "mul", ElementType::I32, -300, 300, -90000),
      integer("i64_quotient", "div", ElementType::I64, 7, 2, 3),
      integer("i64_quotient_of_negative", "div", ElementType::I64, -7, 2, -3),
  };
}

std::vector<Case> elementwiseCases() {
  std::vector<Case> cases = formulaCases();
  for (auto more : {broadcastCases(), integerCases()})
    cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

} // namespace cnnc::reference
