// The steps of every optimizer, as ops evaluated by the reference in double precision, beside its
// formula written out for single numbers.
#include "dialects/cnn/Optimizers.h"
#include "compiler/passes/Describe.h"
#include "compiler/reference/Reference.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace mlir;

namespace cnnc {
namespace {

using cnn::OptimizerSettings;
using reference::Tensor;

//===-- The formulas --------------------------------------------------------===//

/// One number of a parameter, and what its optimizer keeps for it.
struct Number {
  double p;
  std::map<std::string, double> state;
};

using Values = std::map<std::string, double>;
using Formula = void (*)(Number &, double g, double rate, int t, const Values &);

void sgd(Number &n, double g, double rate, int, const Values &v) {
  g += v.at("weight_decay") * n.p;
  double &buffer = n.state["momentum"];
  buffer = v.at("momentum") * buffer + g;
  n.p -= rate * (v.at("nesterov") == 1 ? g + v.at("momentum") * buffer : buffer);
}

void adamW(Number &n, double g, double rate, int t, const Values &v) {
  n.p -= rate * v.at("weight_decay") * n.p;
  double &m = n.state["first_moment"], &u = n.state["second_moment"];
  m = v.at("beta1") * m + (1 - v.at("beta1")) * g;
  u = v.at("beta2") * u + (1 - v.at("beta2")) * g * g;
  double mean = m / (1 - std::pow(v.at("beta1"), t));
  double square = u / (1 - std::pow(v.at("beta2"), t));
  n.p -= rate * mean / (std::sqrt(square) + v.at("epsilon"));
}

void adam(Number &n, double g, double rate, int t, const Values &v) {
  Values withoutDecay = v;
  withoutDecay["weight_decay"] = 0;
  adamW(n, g + v.at("weight_decay") * n.p, rate, t, withoutDecay);
}

void rmsprop(Number &n, double g, double rate, int, const Values &v) {
  g += v.at("weight_decay") * n.p;
  double &square = n.state["mean_square"], &buffer = n.state["momentum"];
  square = v.at("alpha") * square + (1 - v.at("alpha")) * g * g;
  buffer = v.at("momentum") * buffer + g / (std::sqrt(square) + v.at("epsilon"));
  n.p -= rate * buffer;
}

void adagrad(Number &n, double g, double rate, int, const Values &v) {
  g += v.at("weight_decay") * n.p;
  double &sum = n.state["sum_of_squares"];
  sum += g * g;
  n.p -= rate * g / (std::sqrt(sum) + v.at("epsilon"));
}

const std::map<std::string, Formula> formulas = {
    {"sgd", sgd}, {"adam", adam}, {"adamw", adamW}, {"rmsprop", rmsprop}, {"adagrad", adagrad}};

//===-- The ops -------------------------------------------------------------===//

/// The update of a parameter of 3 x 4 numbers as a function: of the parameter, its gradient, the
/// learning rate, the corrections and the states.
class UpdateFunction {
public:
  explicit UpdateFunction(const OptimizerSettings &settings) {
    context.loadDialect<cnn::CNNDialect, func::FuncDialect>();
    Location location = UnknownLoc::get(&context);
    module = ModuleOp::create(location);
    OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
    auto number = RankedTensorType::get({}, builder.getF64Type());
    auto parameter = RankedTensorType::get({3, 4}, builder.getF64Type());
    SmallVector<Type> types = {parameter, parameter, number};
    types.append(settings.optimizer().betas.size(), number);
    types.append(settings.stateNames().size(), parameter);
    auto function =
        func::FuncOp::create(builder, location, "update", builder.getFunctionType(types, {}));
    builder.setInsertionPointToStart(function.addEntryBlock());
    auto argument = [&](unsigned i) {
      return cnn::Term{builder, location, function.getArgument(i)};
    };
    cnn::UpdateInputs inputs{argument(0), argument(1), {}, argument(2), {}};
    unsigned next = 3;
    while (inputs.corrections.size() < settings.optimizer().betas.size())
      inputs.corrections.push_back(argument(next++));
    while (next < types.size())
      inputs.states.push_back(argument(next++));
    cnn::UpdateResults results = settings.build(inputs);
    SmallVector<Value> values = {results.parameter.value};
    for (const cnn::Term &state : results.states)
      values.push_back(state.value);
    func::ReturnOp::create(builder, location, values);
    SizeNumbering sizes;
    described = describe(function, sizes);
    for (cnn::Constant constant : described.constants)
      constants.push_back(
          Tensor<double>({}, {constant.getValue().getSplatValue<APFloat>().convertToDouble()}));
  }

  /// The new parameter, then the new states.
  std::vector<Tensor<double>> operator()(std::vector<Tensor<double>> arguments) const {
    arguments.insert(arguments.end(), constants.begin(), constants.end());
    auto values = reference::evaluate(described.graph, std::move(arguments));
    std::vector<Tensor<double>> results;
    for (int result : described.results)
      results.push_back(values[static_cast<size_t>(result)]);
    return results;
  }

private:
  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  FunctionGraph described;
  std::vector<Tensor<double>> constants;
};

//===-- Both ----------------------------------------------------------------===//

/// An optimizer with some of its arguments given.
struct Case {
  std::string name;
  std::string optimizer;
  Values given;
};

const std::vector<Case> cases = {
    {"Sgd", "sgd", {}},
    {"SgdDecay", "sgd", {{"weight_decay", 0.1}}},
    {"SgdMomentum", "sgd", {{"momentum", 0.9}}},
    {"SgdNesterov", "sgd", {{"momentum", 0.8}, {"nesterov", 1}, {"weight_decay", 0.01}}},
    {"SgdNesterovWithoutMomentum", "sgd", {{"nesterov", 1}}},
    {"Adam", "adam", {}},
    {"AdamDecay", "adam", {{"weight_decay", 0.1}, {"beta1", 0.8}, {"beta2", 0.95}}},
    {"AdamWithoutAverages", "adam", {{"beta1", 0}, {"beta2", 0}}},
    {"AdamLargeEpsilon", "adam", {{"epsilon", 0.5}}},
    {"AdamW", "adamw", {}},
    {"AdamWDecay",
     "adamw",
     {{"weight_decay", 0.3}, {"beta1", 0.8}, {"beta2", 0.95}, {"epsilon", 0.01}}},
    {"AdamWWithoutDecay", "adamw", {{"weight_decay", 0}}},
    {"Rmsprop", "rmsprop", {}},
    {"RmspropMomentum", "rmsprop", {{"momentum", 0.9}, {"alpha", 0.9}, {"weight_decay", 0.1}}},
    {"RmspropLargeEpsilon", "rmsprop", {{"epsilon", 0.5}}},
    {"Adagrad", "adagrad", {}},
    {"AdagradDecay", "adagrad", {{"weight_decay", 0.1}, {"epsilon", 0.1}}},
};

OptimizerSettings settingsOf(const Case &test) {
  OptimizerSettings settings(*cnn::findOptimizer(test.optimizer));
  for (const auto &[name, value] : test.given)
    settings.set(name, value);
  return settings;
}

struct Steps : testing::TestWithParam<Case> {};

TEST_P(Steps, AreThoseOfTheFormula) {
  OptimizerSettings settings = settingsOf(GetParam());
  Values values;
  for (const cnn::OptimizerArgument &argument : settings.optimizer().allArguments())
    values[argument.name.str()] = settings[argument.name];
  UpdateFunction update(settings);
  Formula formula = formulas.at(GetParam().optimizer);

  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  Tensor<double> parameter(reference::Shape{3, 4});
  std::vector<Number> numbers;
  for (double &p : parameter.values) {
    p = normal(random);
    numbers.push_back({p, {}});
  }
  std::vector<std::string> names = settings.stateNames();
  std::vector<Tensor<double>> states(names.size(), Tensor<double>(parameter.shape));
  for (int t = 1; t <= 5; ++t) {
    double rate = 0.1 / t;
    Tensor<double> gradient(parameter.shape);
    for (double &g : gradient.values)
      g = normal(random);
    gradient.values[0] = 0; // An entry without gradient must stay a number.
    std::vector<Tensor<double>> arguments = {parameter, gradient, Tensor<double>({}, {rate})};
    for (llvm::StringRef beta : settings.optimizer().betas)
      arguments.push_back(Tensor<double>({}, {1 - std::pow(settings[beta], t)}));
    arguments.insert(arguments.end(), states.begin(), states.end());
    std::vector<Tensor<double>> results = update(std::move(arguments));
    ASSERT_EQ(results.size(), 1 + states.size());
    parameter = results[0];
    states.assign(results.begin() + 1, results.end());
    for (size_t i = 0; i < numbers.size(); ++i) {
      formula(numbers[i], gradient.values[i], rate, t, values);
      EXPECT_NEAR(parameter.values[i], numbers[i].p, 1e-12) << "entry " << i << ", step " << t;
      for (size_t k = 0; k < names.size(); ++k)
        EXPECT_NEAR(states[k].values[i], numbers[i].state.at(names[k]), 1e-12)
            << names[k] << ", entry " << i << ", step " << t;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Optimizers, Steps, testing::ValuesIn(cases),
                         [](const auto &info) { return info.param.name; });

//===-- The table -----------------------------------------------------------===//

TEST(Optimizers, HaveACaseForEachOfTheirArguments) {
  for (const cnn::Optimizer &optimizer : cnn::optimizers()) {
    EXPECT_TRUE(formulas.count(optimizer.name.str())) << optimizer.name.str();
    for (const cnn::OptimizerArgument &argument : optimizer.arguments) {
      auto gives = [&](const Case &test) {
        return test.optimizer == optimizer.name && test.given.count(argument.name.str());
      };
      EXPECT_TRUE(llvm::any_of(cases, gives)) << optimizer.name.str() << " " << argument.name.str();
    }
  }
}

TEST(Optimizers, HaveFallbacksInRange) {
  for (const cnn::Optimizer &optimizer : cnn::optimizers())
    for (const cnn::OptimizerArgument &argument : optimizer.allArguments()) {
      EXPECT_LE(argument.least, argument.fallback) << argument.name.str();
      EXPECT_LE(argument.fallback, argument.most) << argument.name.str();
    }
}

TEST(Optimizers, KeepMomentumOnlyWhereThereIsSome) {
  OptimizerSettings settings(*cnn::findOptimizer("sgd"));
  EXPECT_TRUE(settings.stateNames().empty());
  settings.set("momentum", 0.9);
  EXPECT_EQ(settings.stateNames(), std::vector<std::string>{"momentum"});
  OptimizerSettings rmsprop(*cnn::findOptimizer("rmsprop"));
  EXPECT_EQ(rmsprop.stateNames(), std::vector<std::string>{"mean_square"});
}

TEST(Optimizers, AreFoundByName) {
  EXPECT_EQ(cnn::findOptimizer("adamw")->name, "adamw");
  EXPECT_EQ(cnn::findOptimizer("adamax"), nullptr);
  EXPECT_EQ(cnn::optimizerNames().size(), cnn::optimizers().size());
}

TEST(OptimizerSettings, GoThroughAnAttribute) {
  MLIRContext context;
  OptimizerSettings settings(*cnn::findOptimizer("adam"));
  settings.set("beta2", 0.98);
  settings.set("clip_norm", 5);
  auto read = OptimizerSettings::fromAttribute(settings.toAttribute(&context));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->optimizer().name, "adam");
  EXPECT_EQ((*read)["beta1"], 0.9);
  EXPECT_EQ((*read)["beta2"], 0.98);
  EXPECT_EQ((*read)["clip_norm"], 5);
  EXPECT_FALSE(OptimizerSettings::fromAttribute(DictionaryAttr::get(&context)));
}

} // namespace
} // namespace cnnc
