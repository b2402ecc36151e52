// Gradients as ops, beside central differences: each op by itself, made a scalar by random weights.
#include "dialects/cnn/ops/Gradients.h"
#include "compiler/check/GradientCheck.h"
#include "compiler/passes/Describe.h"
#include "compiler/passes/Passes.h"
#include "compiler/reference/Integers.h"
#include "dialects/cnn/CNNDialect.h"
#include "dialects/cnn/Values.h"
#include "tests/gradients/Cases.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

#include <gtest/gtest.h>
#include <random>

using namespace mlir;

namespace cnnc {

namespace {

/// A case as a function that returns a number, then with its gradients.
class DifferentiatedCase {
public:
  explicit DifferentiatedCase(const GradientCase &test) : test(test) {
    context.loadDialect<cnn::CNNDialect, func::FuncDialect>();
    std::string text = "func.func @f(" + test.arguments + ") -> " + test.result +
                       " {\n  %r = " + test.op + "\n  return %r : " + test.result + "\n}";
    module = parseSourceString<ModuleOp>(text, &context);
    if (!module)
      return;
    function = *module->getOps<func::FuncOp>().begin();
    if (test.training)
      buildTrainingForms();
    sumWithWeights();
    PassManager passes(&context);
    passes.addNestedPass<func::FuncOp>(createDifferentiate());
    passes.addPass(createCanonicalizerPass());
    passes.addPass(createCSEPass());
    succeeded = mlir::succeeded(passes.run(*module));
  }

  ScalarGraph graph() {
    SizeNumbering sizes;
    FunctionGraph described = describe(function, sizes);
    ScalarGraph result;
    result.graph = described.graph;
    result.scalar = described.results[0];
    for (cnn::Size size : sizes.symbols())
      result.sizes.push_back(valueOf(size));
    for (size_t i = 0; i < function.getNumArguments(); ++i)
      result.inputs.push_back(randomTensor(described.graph.inputs[i], result.sizes));
    for (cnn::Constant constant : described.constants)
      result.inputs.push_back(valuesOf(constant));
    for (size_t i = 0, next = 1; i < function.getNumArguments(); ++i)
      if (reference::isFloat(described.graph.inputs[i].elementType))
        result.gradients.push_back({static_cast<int>(i), described.results[next++]});
    return result;
  }

  bool succeeded = false;

private:
  void buildTrainingForms() {
    SmallVector<cnn::RunningStatistic> statistics;
    cnn::TrainingContext training{function.getArguments().back(), /*layer=*/1, statistics};
    function.walk([&](cnn::TrainingForm op) {
      OpBuilder builder(op);
      op->getResult(0).replaceAllUsesWith(op.buildTrainingForm(builder, training));
      op->erase();
    });
  }

  // sum of y * y * weights: each element of the result counts differently. Sizes that are symbolic
  // have the weights of a square alone.
  void sumWithWeights() {
    Operation *end = function.getBody().front().getTerminator();
    OpBuilder builder(end);
    Value result = end->getOperand(0);
    auto type = cast<RankedTensorType>(result.getType());
    Value weighted = cnn::Mul::create(builder, end->getLoc(), result, result);
    weighted = cnn::Add::create(builder, end->getLoc(), weighted, result);
    if (type.hasStaticShape() && type.getElementType().isF32()) {
      std::vector<float> weights(static_cast<size_t>(type.getNumElements()));
      for (float &weight : weights)
        weight = static_cast<float>(draw(0.5, 1.5));
      Value constant =
          cnn::Constant::create(builder, end->getLoc(),
                                cnn::makeValues(type, std::move(weights), "weights"), StringAttr());
      weighted = cnn::Mul::create(builder, end->getLoc(), weighted, constant);
    }
    SmallVector<int64_t> axes(llvm::to_vector(llvm::seq<int64_t>(type.getRank())));
    end->setOperand(0, cnn::ReduceSum::create(builder, end->getLoc(), weighted, axes));
    function.setType(builder.getFunctionType(function.getArgumentTypes(), end->getOperandTypes()));
  }

  double draw(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  }

  int64_t valueOf(cnn::Size size) {
    SmallVector<AffineExpr> values;
    for (int64_t value : test.sizes)
      values.push_back(getAffineConstantExpr(value, &context));
    return *cnn::known(size.replaceSymbols(values));
  }

  static reference::Shape shapeAt(reference::Shape shape, const std::vector<int64_t> &sizes) {
    for (int64_t &dim : shape)
      if (dim < 0)
        dim = sizes[static_cast<size_t>(-1 - dim)];
    return shape;
  }

  // Integers are labels of up to three classes, or of none.
  reference::Tensor<double> randomTensor(const TensorDescription &type,
                                         const std::vector<int64_t> &sizes) {
    reference::Tensor<double> tensor(shapeAt(type.shape, sizes));
    for (double &value : tensor.values)
      value = reference::isFloat(type.elementType) ? draw(test.low, test.high)
                                                   : std::floor(draw(-1, 3));
    return tensor;
  }

  static reference::Tensor<double> valuesOf(cnn::Constant constant) {
    RankedTensorType type = constant.getResult().getType();
    reference::Tensor<double> tensor(reference::Shape(type.getShape()));
    if (type.getElementType().isF64()) {
      for (auto [to, from] : llvm::zip(tensor.values, constant.getValue().getValues<double>()))
        to = from;
      return tensor;
    }
    std::vector<float> storage;
    ArrayRef<float> values = cnn::getValues(constant.getValue(), storage);
    std::copy(values.begin(), values.end(), tensor.values.begin());
    return tensor;
  }

  GradientCase test;
  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  func::FuncOp function;
  std::mt19937_64 random{1};
};

struct Gradients : testing::TestWithParam<GradientCase> {};

} // namespace

TEST_P(Gradients, agreeWithDifferences) {
  DifferentiatedCase test(GetParam());
  ASSERT_TRUE(test.succeeded);
  for (const InputGradientCheck &check : checkGradients(test.graph())) {
    EXPECT_LE(check.worstError, 1e-6)
        << "input " << check.input << ", entry " << check.worst.entry << ": gradient "
        << check.worst.gradient << " but difference " << check.worst.difference;
    EXPECT_GT(check.checked, check.skipped) << "input " << check.input;
  }
}

// The check must be able to fail: a rule with a wrong sign, and one that forgets a factor.
TEST(GradientCheck, findsAWrongRule) {
  auto worstWith = [](const std::string &name, const std::string &wrong, const std::string &right) {
    auto isNamed = [&](const GradientCase &test) { return test.name == name; };
    ScalarGraph graph = DifferentiatedCase(*llvm::find_if(gradientCases(), isNamed)).graph();
    std::vector<OpDescription> &ops = graph.graph.ops;
    // Of the backward ops alone: those behind the scalar.
    auto backward = ops.begin() + graph.scalar + 1 - static_cast<int>(graph.graph.inputs.size());
    auto op = std::find_if(backward, ops.end(), [&](const auto &o) { return o.name == right; });
    EXPECT_NE(op, ops.end()) << "the gradient of " << name << " has no " << right;
    op->name = wrong;
    double worst = 0;
    for (const InputGradientCheck &check : checkGradients(graph))
      worst = std::max(worst, check.worstError);
    return worst;
  };
  EXPECT_LE(worstWith("sigmoid", "sub", "sub"), 1e-6);
  EXPECT_GT(worstWith("sigmoid", "add", "sub"), 1e-2);
  EXPECT_GT(worstWith("max_pool", "add", "mul"), 1e-2);
}

INSTANTIATE_TEST_SUITE_P(Ops, Gradients, testing::ValuesIn(gradientCases()),
                         [](const auto &info) { return info.param.name; });

// Every op of the dialect has a gradient and a case for it, or is itself a gradient.
TEST(GradientCases, coverEveryOp) {
  MLIRContext context;
  context.loadDialect<cnn::CNNDialect>();
  for (RegisteredOperationName op : context.getRegisteredOperations()) {
    if (op.getDialectNamespace() != "cnn" || op.stripDialect() == "constant" ||
        op.hasTrait<cnn::Backward>())
      continue;
    EXPECT_TRUE(op.hasInterface<cnn::Differentiable>() || op.hasInterface<cnn::Composite>())
        << op.getStringRef().str() << " has no gradient: implement Differentiable";
    auto isCase = [&](const GradientCase &test) {
      return llvm::StringRef(test.op).starts_with((op.getStringRef() + " ").str());
    };
    EXPECT_TRUE(llvm::any_of(gradientCases(), isCase)) << op.getStringRef().str();
  }
}

} // namespace cnnc
