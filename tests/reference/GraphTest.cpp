// Graphs: all values, in order, and run-time sizes.
#include "tests/reference/Cases.h"

#include "gtest/gtest.h"

namespace cnnc::reference {
namespace {

OpDescription place(OpDescription op, std::vector<int> operands, Shape shape) {
  op.operands = std::move(operands);
  op.result.shape = std::move(shape);
  return op;
}

/// relu(conv(x, w)) + x, of a signal whose length is known at run time, as a matrix.
OpGraph residual() {
  OpGraph graph;
  graph.inputs = {{ElementType::F32, {1, 1, -1}}, {ElementType::F32, {1, 1, 3}}};
  graph.ops = {place(convOp(1, {{"pads", Ints{1, 1}}}), {0, 1}, {1, 1, -1}),
               place(makeOp("relu"), {2}, {1, 1, -1}), place(makeOp("add"), {3, 0}, {1, 1, -1}),
               place(makeOp("reshape"), {4}, {-1, 1})};
  return graph;
}

TEST(Graph, GivesEveryValueInOrder) {
  std::vector<Tensor<double>> inputs = {signal({1, 2, 4, 3}),
                                        Tensor<double>{{1, 1, 3}, {-1, 0, 1}}};
  std::vector<Tensor<double>> values = evaluate(residual(), inputs, {4});
  ASSERT_EQ(values.size(), 6u);
  EXPECT_EQ(values[0].values, inputs[0].values);
  EXPECT_EQ(values[1].values, inputs[1].values);
  EXPECT_EQ(values[2].values, (std::vector<double>{2, 3, 1, -4}));
  EXPECT_EQ(values[3].values, (std::vector<double>{2, 3, 1, 0}));
  EXPECT_EQ(values[4].values, (std::vector<double>{3, 5, 5, 3}));
  EXPECT_EQ(values[5].shape, (Shape{4, 1}));
}

TEST(Graph, RunsAtAnySize) {
  Tensor<double> filter{{1, 1, 3}, {-1, 0, 1}};
  for (int64_t length : {1, 2, 9})
    EXPECT_EQ(evaluate<double>(residual(), {ramp({1, 1, length}), filter}, {length}).back().shape,
              (Shape{length, 1}));
}

TEST(Graph, FloatRoundsOncePerOp) {
  // 2^24 + 1 is no float, but within one op the sum is exact: (2^24 + 1) - 2^24 = 1.
  Tensor<float> x{{1, 3}, {16777216, 1, -16777216}}, ones{{1, 3}, {1, 1, 1}};
  EXPECT_EQ(evaluate<float>(makeOp("linear"), {&x, &ones}).values[0], 1.0f);
}

TEST(GraphDeathTest, RefusesAResultOfAnotherShapeThanPromised) {
  OpGraph graph = residual();
  graph.ops.resize(2);
  graph.ops[1].result.shape = {1, 1, 5};
  std::vector<Tensor<double>> inputs = {ramp({1, 1, 4}), ramp({1, 1, 3})};
  EXPECT_DEATH(evaluate(graph, inputs, {4}), "another shape");
}

} // namespace
} // namespace cnnc::reference
