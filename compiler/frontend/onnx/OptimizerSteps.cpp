// Adagrad, Adam and Momentum: a step of an optimizer as a node. One node updates any number of
// tensors, each by itself, and has the operands
//
//   R, T, tensors..., gradients..., first states..., second states...
//
// and as results the new tensors and states, in this order. In the formulas: R the learning rate, T
// the number of steps that were made before, x a tensor, g its gradient with norm_coefficient x
// added to it. What is only for T > 0 is multiplied by `step(T)`, which is 1 there and else 0.
#include "compiler/frontend/onnx/OnnxOps.h"
#include "dialects/cnn/Optimizers.h"

#include <cmath>

using namespace mlir;

namespace cnnc::onnximport {

using cnn::Term, cnn::UpdateInputs, cnn::UpdateResults;

/// The update of one tensor, given T; what is in the inputs is the function's to change.
using Update = function_ref<UpdateResults(UpdateInputs &, const Term &)>;

/// An operand of one number, as floats without dims.
static Value scalar(Node &node, size_t i) {
  Value value = node.isSizes(i) ? toFloats(node, i) : node.tensor(i);
  if (!value)
    return {};
  if (!typeOf(value).hasStaticShape() || typeOf(value).getNumElements() != 1) {
    node.error() << "input '" << node.inputName(i) << "' is " << cnn::toString(typeOf(value))
                 << " but must be one number";
    return {};
  }
  value = node.buildReshape(value, {});
  Type f32 = node.builder().getF32Type();
  if (!value || typeOf(value).getElementType() == f32)
    return value;
  return node.build<cnn::Cast>(value, {}, cnn::tensorOf({}, f32));
}

/// The operands of one tensor: itself, its gradient and its states, all of one shape.
static SmallVector<Value> operandsOf(Node &node, size_t tensor, size_t stride, size_t count) {
  SmallVector<Value> operands;
  for (size_t i = tensor; operands.size() < count; i += stride) {
    operands.push_back(node.floats(i));
    if (node.failed() || operands.back().getType() == operands.front().getType())
      continue;
    node.error() << "input '" << node.inputName(i) << "' is "
                 << cnn::toString(typeOf(operands.back())) << " but '" << node.inputName(tensor)
                 << "' is " << cnn::toString(typeOf(operands.front()));
  }
  return operands;
}

static void importSteps(Node &node, size_t numStates, Update update) {
  constexpr size_t first = 2;
  const size_t each = 2 + numStates;
  size_t given = node.numInputs() - std::min(node.numInputs(), first), count = given / each;
  if (given == 0 || given % each != 0) {
    node.error() << "it has " << given << " inputs behind R and T, but each tensor comes with "
                 << each - 1 << " others: a multiple of " << each << " is called for";
    return;
  }
  Value rate = scalar(node, 0), steps = scalar(node, 1);
  double norm = node.getFloat("norm_coefficient", 0);
  auto term = [&](Value value) { return Term{node.builder(), node.loc(), value}; };
  for (size_t i = 0; i < count; ++i) {
    SmallVector<Value> operands = operandsOf(node, first + i, count, each);
    if (node.failed())
      return;
    UpdateInputs inputs{term(operands[0]), term(operands[1]), {}, term(rate), {}};
    if (norm != 0)
      inputs.gradient.value = (inputs.gradient + inputs.parameter * norm).value;
    for (Value state : ArrayRef(operands).drop_front(2))
      inputs.states.push_back(term(state));
    UpdateResults next = update(inputs, term(steps));
    node.yield(i, next.parameter.value);
    for (auto [k, state] : llvm::enumerate(next.states))
      node.yield((k + 1) * count + i, state.value);
  }
}

// The compiler's own Adagrad, with the rate R / (1 + decay_factor T).
void importAdagrad(Node &node) {
  cnn::OptimizerSettings adagrad(*cnn::findOptimizer("adagrad"));
  adagrad.set("epsilon", node.getFloat("epsilon", 1e-6));
  double decay = node.getFloat("decay_factor", 0);
  importSteps(node, adagrad.stateNames().size(), [&](UpdateInputs &in, const Term &steps) {
    in.learningRate.value = (in.learningRate / (steps * decay + 1)).value;
    return adagrad.build(in);
  });
}

/// The share of an old average in the new one.
static double getShare(Node &node, StringRef name, double fallback) {
  double share = node.getFloat(name, fallback);
  if (!(share >= 0 && share < 1))
    node.error() << "attribute '" << name << "' is " << share
                 << ", but must be at least 0 and below 1";
  return share;
}

/// 1 - step(T) share^T. The power is e^(T log share), whose logarithm is computed here, and in
/// full; below e^-80, which vanishes beside 1, it would be no normal number.
static Term correction(const Term &steps, double share) {
  constexpr double least = -80;
  Term exponent = steps * std::max(std::log(share), least);
  Term power = exponent.apply<cnn::Maximum>(exponent.number(least))
                   .apply<cnn::Minimum>(exponent.number(0))
                   .apply<cnn::Exp>();
  return 1 - steps.apply<cnn::Step>() * power;
}

// Not the compiler's own Adam, whose epsilon is added to the corrected root:
//
//   v' = alpha v + (1 - alpha) g          h' = beta h + (1 - beta) g^2
//   r = R sqrt(1 - step(T) beta^T) / (1 - step(T) alpha^T)
//   x' = (1 - norm_coefficient_post) (x - r v' / (sqrt(h') + epsilon))
void importAdam(Node &node) {
  double alpha = getShare(node, "alpha", 0.9), beta = getShare(node, "beta", 0.999);
  double epsilon = node.getFloat("epsilon", 1e-6), post = node.getFloat("norm_coefficient_post", 0);
  importSteps(node, 2, [&](const UpdateInputs &in, const Term &steps) -> UpdateResults {
    const Term &g = in.gradient;
    Term v = in.states[0] * alpha + g * (1 - alpha);
    Term h = in.states[1] * beta + g * g * (1 - beta);
    Term rate = in.learningRate * correction(steps, beta).apply<cnn::Sqrt>();
    rate.value = (rate / correction(steps, alpha)).value;
    Term x = in.parameter - rate * (v / (h.apply<cnn::Sqrt>() + epsilon));
    return {post == 0 ? x : x * (1 - post), {v, h}};
  });
}

/// An attribute for which ONNX has no default.
static double getRequiredFloat(Node &node, StringRef name) {
  if (!node.failed() && !node.hasAttribute(name))
    node.error() << "attribute '" << name << "' is missing";
  return node.getFloat(name, 0);
}

// In the first step the gradient counts in full:
//
//   v' = alpha v + (1 + step(T) (beta - 1)) g
//   x' = x - R v'                         nesterov: x' = x - R (g + alpha v')
void importMomentum(Node &node) {
  double alpha = getRequiredFloat(node, "alpha"), beta = getRequiredFloat(node, "beta");
  getRequiredFloat(node, "norm_coefficient");
  std::string mode = node.getString("mode", "");
  if (!node.failed() && mode != "standard" && mode != "nesterov")
    node.error() << "mode must be standard or nesterov but is '" << mode << "'";
  importSteps(node, 1, [&](const UpdateInputs &in, const Term &steps) -> UpdateResults {
    const Term &g = in.gradient;
    Term v = in.states[0] * alpha + (steps.apply<cnn::Step>() * (beta - 1) + 1) * g;
    Term direction = mode == "nesterov" ? g + v * alpha : v;
    return {in.parameter - in.learningRate * direction, {v}};
  });
}

} // namespace cnnc::onnximport
