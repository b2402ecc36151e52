// In the formulas: p a parameter, g its gradient, r the learning rate, t the number of the step,
// counted from 1, d weight_decay. All mean what PyTorch's optimizers of these names compute.
#include "dialects/cnn/Optimizers.h"

using namespace mlir;

namespace cnnc::cnn {

//===-- The updates ---------------------------------------------------------===//

static Term sqrt(const Term &x) { return x.apply<Sqrt>(); }

/// g + d p, the gradient of the loss with d |p|^2 / 2 added to it.
static Term decayedGradient(const UpdateInputs &in, const OptimizerSettings &settings) {
  double decay = settings["weight_decay"];
  return decay == 0 ? in.gradient : in.gradient + in.parameter * decay;
}

/// share * average + (1 - share) * value
static Term movingAverage(double share, const Term &average, const Term &value) {
  return average * share + value * (1 - share);
}

// Momentum (Polyak 1964), and Nesterov's (1983) in the form of Sutskever et al., "On the importance
// of initialization and momentum in deep learning", ICML 2013. With m = momentum:
//
//   b' = m b + g          p' = p - r b'          nesterov: p' = p - r (g + m b')
static UpdateResults buildSgd(const UpdateInputs &in, const OptimizerSettings &settings) {
  Term g = decayedGradient(in, settings);
  if (in.states.empty())
    return {in.parameter - in.learningRate * g, {}};
  double momentum = settings["momentum"];
  Term b = in.states[0] * momentum + g;
  Term direction = settings["nesterov"] != 0 ? g + b * momentum : b;
  return {in.parameter - in.learningRate * direction, {b}};
}

// Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015:
//
//   m' = beta1 m + (1 - beta1) g          v' = beta2 v + (1 - beta2) g^2
//   p' = p - r m' / (1 - beta1^t) / (sqrt(v' / (1 - beta2^t)) + epsilon)
static UpdateResults stepAdam(const Term &p, const Term &g, const UpdateInputs &in,
                              const OptimizerSettings &settings) {
  Term m = movingAverage(settings["beta1"], in.states[0], g);
  Term v = movingAverage(settings["beta2"], in.states[1], g * g);
  Term rate = in.learningRate / in.corrections[0];
  Term scale = sqrt(v) / sqrt(in.corrections[1]) + settings["epsilon"];
  return {p - rate * (m / scale), {m, v}};
}

static UpdateResults buildAdam(const UpdateInputs &in, const OptimizerSettings &settings) {
  return stepAdam(in.parameter, decayedGradient(in, settings), in, settings);
}

// Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019: Adam's step from
// (1 - r d) p, with a gradient that knows nothing of the decay.
static UpdateResults buildAdamW(const UpdateInputs &in, const OptimizerSettings &settings) {
  double decay = settings["weight_decay"];
  Term p = decay == 0 ? in.parameter : in.parameter * (1 - in.learningRate * decay);
  return stepAdam(p, in.gradient, in, settings);
}

// Tieleman and Hinton, lecture 6.5 of "Neural networks for machine learning", 2012. With m =
// momentum:
//
//   v' = alpha v + (1 - alpha) g^2        s = g / (sqrt(v') + epsilon)
//   p' = p - r s                          with momentum: b' = m b + s, p' = p - r b'
static UpdateResults buildRmsprop(const UpdateInputs &in, const OptimizerSettings &settings) {
  Term g = decayedGradient(in, settings);
  Term v = movingAverage(settings["alpha"], in.states[0], g * g);
  Term step = g / (sqrt(v) + settings["epsilon"]);
  if (in.states.size() == 1)
    return {in.parameter - in.learningRate * step, {v}};
  Term b = in.states[1] * settings["momentum"] + step;
  return {in.parameter - in.learningRate * b, {v, b}};
}

// Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic
// optimization", JMLR 2011:
//
//   v' = v + g^2          p' = p - r g / (sqrt(v') + epsilon)
static UpdateResults buildAdagrad(const UpdateInputs &in, const OptimizerSettings &settings) {
  Term g = decayedGradient(in, settings);
  Term v = in.states[0] + g * g;
  return {in.parameter - in.learningRate * (g / (sqrt(v) + settings["epsilon"])), {v}};
}

//===-- The table -----------------------------------------------------------===//

// A beta of 1 would never learn, and without epsilon a gradient of 0 would be divided by 0.
static OptimizerArgument beta(StringRef name, double fallback) {
  return {name, fallback, 0, 0.99999};
}
static OptimizerArgument epsilon(double fallback) { return {"epsilon", fallback, 1e-20, 1}; }
static OptimizerArgument momentum() { return {"momentum", 0, 0, 1}; }
static OptimizerArgument weightDecay(double fallback) { return {"weight_decay", fallback, 0, 1}; }

ArrayRef<Optimizer> optimizers() {
  static const std::vector<Optimizer> rows = {
      {"sgd",
       {momentum(), {"nesterov", 0, 0, 1, true}, weightDecay(0)},
       {{"momentum", "momentum"}},
       {},
       buildSgd},
      {"adam",
       {beta("beta1", 0.9), beta("beta2", 0.999), epsilon(1e-8), weightDecay(0)},
       {{"first_moment"}, {"second_moment"}},
       {"beta1", "beta2"},
       buildAdam},
      {"adamw",
       {beta("beta1", 0.9), beta("beta2", 0.999), epsilon(1e-8), weightDecay(0.01)},
       {{"first_moment"}, {"second_moment"}},
       {"beta1", "beta2"},
       buildAdamW},
      {"rmsprop",
       {beta("alpha", 0.99), epsilon(1e-8), momentum(), weightDecay(0)},
       {{"mean_square"}, {"momentum", "momentum"}},
       {},
       buildRmsprop},
      {"adagrad", {epsilon(1e-10), weightDecay(0)}, {{"sum_of_squares"}}, {}, buildAdagrad},
  };
  return rows;
}

ArrayRef<OptimizerArgument> commonArguments() {
  static const OptimizerArgument arguments[] = {
      {"clip_norm", 0, 0, 1e30}, {"clip_value", 0, 0, 1e30}, {"decay_all", 0, 0, 1, true}};
  return arguments;
}

const Optimizer *findOptimizer(StringRef name) {
  const auto *row = llvm::find_if(optimizers(), [&](const Optimizer &o) { return o.name == name; });
  return row == optimizers().end() ? nullptr : row;
}

std::vector<std::string> optimizerNames() {
  std::vector<std::string> names;
  for (const Optimizer &optimizer : optimizers())
    names.push_back(optimizer.name.str());
  return names;
}

const OptimizerArgument *Optimizer::findArgument(StringRef argument) const {
  for (ArrayRef<OptimizerArgument> list : {ArrayRef(arguments), commonArguments()})
    for (const OptimizerArgument &candidate : list)
      if (candidate.name == argument)
        return &candidate;
  return nullptr;
}

std::vector<OptimizerArgument> Optimizer::allArguments() const {
  std::vector<OptimizerArgument> all = arguments;
  llvm::append_range(all, commonArguments());
  return all;
}

//===-- An optimizer with its values ----------------------------------------===//

OptimizerSettings::OptimizerSettings(const Optimizer &optimizer) : row(&optimizer) {
  for (const OptimizerArgument &argument : optimizer.allArguments())
    values[argument.name.str()] = argument.fallback;
}

double OptimizerSettings::operator[](StringRef argument) const {
  auto value = values.find(argument.str());
  assert(value != values.end() && "an argument that the optimizer has not");
  return value->second;
}

void OptimizerSettings::set(StringRef argument, double value) {
  assert(row->findArgument(argument) && "an argument that the optimizer has not");
  values[argument.str()] = value;
}

std::vector<std::string> OptimizerSettings::stateNames() const {
  std::vector<std::string> names;
  for (const OptimizerState &state : row->states)
    if (state.argument.empty() || (*this)[state.argument] != 0)
      names.push_back(state.name.str());
  return names;
}

UpdateResults OptimizerSettings::build(const UpdateInputs &inputs) const {
  assert(inputs.states.size() == stateNames().size() && "one tensor per state");
  assert(inputs.corrections.size() == row->betas.size() && "one correction per beta");
  return row->build(inputs, *this);
}

DictionaryAttr OptimizerSettings::toAttribute(MLIRContext *context) const {
  Builder builder(context);
  SmallVector<NamedAttribute> attributes = {
      builder.getNamedAttr("optimizer", builder.getStringAttr(row->name))};
  for (const auto &[name, value] : values)
    attributes.push_back(builder.getNamedAttr(name, builder.getF64FloatAttr(value)));
  return builder.getDictionaryAttr(attributes);
}

std::optional<OptimizerSettings> OptimizerSettings::fromAttribute(DictionaryAttr attribute) {
  auto name = attribute.getAs<StringAttr>("optimizer");
  const Optimizer *optimizer = name ? findOptimizer(name.getValue()) : nullptr;
  if (!optimizer)
    return std::nullopt;
  OptimizerSettings settings(*optimizer);
  for (auto &[argument, value] : settings.values) {
    auto number = attribute.getAs<FloatAttr>(argument);
    if (!number)
      return std::nullopt;
    value = number.getValueAsDouble();
  }
  return settings;
}

} // namespace cnnc::cnn
