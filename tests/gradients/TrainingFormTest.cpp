// What layers compute while they are trained, and the statistics that they leave.
#include "compiler/passes/Describe.h"
#include "compiler/reference/Reference.h"
#include "dialects/cnn/CNNDialect.h"

#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace mlir;

namespace cnnc {

using reference::Tensor;

namespace {

/// A function of ops on its arguments, of which the first is the step.
class TrainedFunction {
public:
  TrainedFunction(const std::string &arguments, const std::string &ops) {
    context.loadDialect<cnn::CNNDialect, func::FuncDialect>();
    module = parseSourceString<ModuleOp>("func.func @f(%step: tensor<i64>, " + arguments + ") {\n" +
                                             ops + "\n  return\n}",
                                         &context);
    function = *module->getOps<func::FuncOp>().begin();
    Operation *end = function.getBody().front().getTerminator();
    int64_t layer = 0;
    function.walk([&](cnn::TrainingForm op) {
      OpBuilder builder(op);
      cnn::TrainingContext training{function.getArgument(0), layer++, statistics};
      Value result = op.buildTrainingForm(builder, training);
      op->getResult(0).replaceAllUsesWith(result);
      op->erase();
      end->insertOperands(end->getNumOperands(), result);
    });
    for (const cnn::RunningStatistic &statistic : statistics)
      end->insertOperands(end->getNumOperands(), statistic.batch);
  }

  /// The ops' results, then what they say of the batch. Symbolic sizes are `sizes`, in their order.
  std::vector<Tensor<double>> run(std::vector<Tensor<double>> inputs,
                                  const std::vector<int64_t> &sizes = {}) {
    SizeNumbering numbering;
    FunctionGraph described = describe(function, numbering);
    for (cnn::Constant constant : described.constants)
      inputs.push_back({{}, {constant.getValue().getSplatValue<APFloat>().convertToDouble()}});
    std::vector<Tensor<double>> values = evaluate(described.graph, std::move(inputs), sizes);
    std::vector<Tensor<double>> results;
    for (int result : described.results)
      results.push_back(values[static_cast<size_t>(result)]);
    return results;
  }

  SmallVector<cnn::RunningStatistic> statistics;
  func::FuncOp function;

private:
  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

Tensor<double> number(double value) { return {{}, {value}}; }
Tensor<double> pair(double a, double b) { return {{2}, {a, b}}; }

void expectNear(const Tensor<double> &actual, const Tensor<double> &expected) {
  ASSERT_EQ(actual.shape, expected.shape);
  for (size_t i = 0; i < expected.values.size(); ++i)
    EXPECT_NEAR(actual.values[i], expected.values[i], 1e-6) << "at element " << i;
}

/// batch_norm of a type with two channels.
std::string batchNorm(const std::string &type) {
  std::string vector = "tensor<2xf32>";
  return "  %y = cnn.batch_norm %x, %s, %b, %m, %v {momentum = 0.25, epsilon = 1.0e-12} : (" +
         type + ", " + vector + ", " + vector + ", " + vector + ", " + vector + ") -> " + type;
}

std::string batchNormArguments(const std::string &type) {
  return "%x: " + type +
         ", %s: tensor<2xf32>, %b: tensor<2xf32>, %m: tensor<2xf32>, %v: tensor<2xf32>";
}

} // namespace

// Channels 1, 3, 1, 3 and 0, 4, 0, 4: means 2 and 2, variances 1 and 4, unbiased 4/3 and 16/3. The
// running statistics, 100 here, have no influence.
static void checkBatchNorm(const std::string &type) {
  TrainedFunction test(batchNormArguments(type), batchNorm(type));
  std::vector<Tensor<double>> results =
      test.run({number(0), Tensor<double>({2, 2, 2}, {1, 3, 0, 4, 1, 3, 0, 4}), pair(1, 2),
                pair(0, 1), pair(100, 100), pair(100, 100)},
               {2, 2});
  expectNear(results[0], Tensor<double>({2, 2, 2}, {-1, 1, -1, 3, -1, 1, -1, 3}));
  expectNear(results[1], pair(2, 2));
  expectNear(results[2], pair(4. / 3, 16. / 3));
  ASSERT_EQ(test.statistics.size(), 2u);
  EXPECT_EQ(test.statistics[0].running, test.function.getArgument(4));
  EXPECT_EQ(test.statistics[1].running, test.function.getArgument(5));
  for (const cnn::RunningStatistic &statistic : test.statistics) {
    EXPECT_EQ(statistic.momentum, 0.25);
    EXPECT_EQ(statistic.running.getType(), statistic.batch.getType());
  }
}

TEST(TrainingForm, batchNormUsesTheBatch) {
  checkBatchNorm("tensor<2x2x2xf32>");
  checkBatchNorm("tensor<?x2x?xf32, affine_map<()[s0, s1] -> (s0, 2, s1)>>");
}

// A single element has the variance 0, not one that is no number.
TEST(TrainingForm, batchNormOfASingleElement) {
  TrainedFunction test(batchNormArguments("tensor<1x2xf32>"), batchNorm("tensor<1x2xf32>"));
  std::vector<Tensor<double>> results =
      test.run({number(0), Tensor<double>({1, 2}, {3, 5}), pair(1, 2), pair(0, 1), pair(100, 100),
                pair(100, 100)});
  expectNear(results[0], Tensor<double>({1, 2}, {0, 1}));
  expectNear(results[1], pair(3, 5));
  expectNear(results[2], pair(0, 0));
}

// Elements are 0 or 4/3 of what they were; which, is another matter in another layer or step.
TEST(TrainingForm, dropoutDropsItsShare) {
  std::string dropout = " = cnn.dropout %x {ratio = 0.25} : (tensor<64x64xf32>) -> "
                        "tensor<64x64xf32>\n";
  TrainedFunction test("%x: tensor<64x64xf32>", "  %y" + dropout + "  %z" + dropout);
  Tensor<double> ones = Tensor<double>::filled({64, 64}, 1);
  std::vector<Tensor<double>> first = test.run({number(5), ones}),
                              second = test.run({number(6), ones});
  EXPECT_EQ(first[0].values, test.run({number(5), ones})[0].values);
  EXPECT_NE(first[0].values, first[1].values);
  EXPECT_NE(first[0].values, second[0].values);
  int dropped = 0;
  for (double value : first[0].values) {
    dropped += value == 0;
    EXPECT_TRUE(value == 0 || std::abs(value - 4. / 3) < 1e-6) << value;
  }
  // Within four standard deviations of a quarter.
  EXPECT_NEAR(dropped / 4096., 0.25, 4 * std::sqrt(0.25 * 0.75 / 4096));
}

TEST(TrainingForm, dropoutOfNothingIsTheIdentity) {
  TrainedFunction test("%x: tensor<3xf32>",
                       "  %y = cnn.dropout %x {ratio = 0.0} : (tensor<3xf32>) -> tensor<3xf32>");
  EXPECT_TRUE(test.function.getBody().front().without_terminator().empty());
}

} // namespace cnnc
