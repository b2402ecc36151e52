// Applying a layer: its arguments become a call of its word.
#include "compiler/frontend/SizeNames.h"
#include "compiler/frontend/builder/NetworkState.h"

using namespace mlir;

namespace cnnc::nn {

struct LayerState {
  const Word &word;
  std::string name;
  std::map<std::string, Argument> arguments;
  std::map<std::string, Tensor> parameters; ///< Those given, and later those made.
  bool madeParameters = false;
};

//===-- Values --------------------------------------------------------------===//

static CallValue toList(const std::vector<int64_t> &numbers) {
  return ListValue{std::vector<CallValue>(numbers.begin(), numbers.end())};
}

static CallValue toCallValue(const PerDim &value) {
  return value.each.empty() ? CallValue(value.all) : toList(value.each);
}

static CallValue toCallValue(NetworkState &network, const std::vector<Size> &sizes) {
  ListValue list;
  for (const Size &size : sizes)
    if (size.name.empty())
      list.elements.push_back(size.number);
    else
      list.elements.push_back(network.sizeNamed(size.name, /*isBatch=*/false));
  return list;
}

namespace {
/// An argument of C++ as the value that `.cnn` would have.
struct Converter {
  NetworkState &network;

  CallValue operator()(int64_t value) const { return value; }
  CallValue operator()(double value) const { return value; }
  CallValue operator()(bool value) const { return value; }
  CallValue operator()(const std::string &value) const { return NameValue{value, ""}; }
  CallValue operator()(const PerDim &value) const { return toCallValue(value); }
  CallValue operator()(const Padding &value) const {
    return value.name.empty() ? toCallValue(value.numbers) : CallValue(NameValue{value.name, ""});
  }
  CallValue operator()(const Init &value) const {
    return value.name.empty() ? CallValue(value.number) : CallValue(NameValue{value.name, ""});
  }
  CallValue operator()(const std::vector<int64_t> &value) const { return toList(value); }
  CallValue operator()(const std::vector<Size> &value) const { return toCallValue(network, value); }
  CallValue operator()(ElementType value) const { return NameValue{elementTypeNames()[value], ""}; }
};
} // namespace

//===-- Layers --------------------------------------------------------------===//

static const Word &wordNamed(const char *name) {
  const Word *word = findWord(name);
  assert(word && "the header and the library are made from the same records");
  return *word;
}

Layer::Layer(const char *word)
    : state(std::make_shared<LayerState>(LayerState{wordNamed(word), "", {}, {}, false})) {}

void Layer::setArgument(const char *name, Argument value) {
  state->arguments.insert_or_assign(name, std::move(value));
}

void Layer::setParameter(const char *name, const Tensor &value) {
  if (value)
    state->parameters[name] = value;
}

void Layer::setName(const std::string &name) { state->name = name; }

/// The network of the first tensor among the inputs.
NetworkState &NetworkState::of(const std::vector<Operand> &inputs) {
  for (const Operand &input : inputs)
    if (input.tensor)
      return *input.tensor.state->network;
  throw Error("error: a layer is applied to tensors of a network, but there is none");
}

/// What is handed to the word. Parameters that were made before are given, and with them goes what
/// only says how to make them.
static std::vector<CallArgument> makeArguments(NetworkState &network, const LayerState &layer,
                                               const std::vector<Operand> &inputs, Place place) {
  Location location = network.locate(place);
  std::vector<CallArgument> arguments;
  for (const Operand &input : inputs) {
    CallValue value = input.number;
    if (input.isTensor)
      value = network.unwrap(input.tensor, place);
    arguments.push_back({"", value, location, location});
  }
  for (const auto &[name, tensor] : layer.parameters)
    arguments.push_back({name, network.unwrap(tensor, place), location, location});
  for (const auto &[name, argument] : layer.arguments) {
    const WordArgument &known = *layer.word.findArgument(name);
    if (layer.madeParameters && !becomesAttribute(layer.word, known, &network.context))
      continue;
    arguments.push_back({name, std::visit(Converter{network}, argument), location, location});
  }
  return arguments;
}

/// The parameters that an op was built with are the layer's from now on.
static void keepParameters(NetworkState &network, LayerState &layer, Operation *op) {
  for (auto [operand, value] : llvm::zip(layer.word.operands, op->getOperands()))
    if (operand.isParameter)
      layer.parameters[operand.name.str()] = network.wrap(value);
  layer.madeParameters = true;
}

Tensor Layer::apply(const std::vector<Operand> &inputs, Place place) const {
  NetworkState &network = NetworkState::of(inputs);
  Location location = network.locate(place);
  auto claim = [&]() -> FailureOr<std::string> {
    Result<std::string> name =
        network.layers.claim(state->name, state->word.name.str(), state.get());
    if (!name)
      return emitError(location) << name.error();
    return *name;
  };
  SizeNamesInMessages names(&network.context, network.sizeNames);
  OpCall call{state->word, makeArguments(network, *state, inputs, place), location};
  FailureOr<Value> result = buildOp(call, {network.builder, network.weights, claim});
  if (failed(result))
    network.fail();
  if (state->word.isLayer() && state->parameters.empty())
    keepParameters(network, *state, result->getDefiningOp());
  return network.wrap(*result);
}

//===-- Operators -----------------------------------------------------------===//

namespace {
/// A layer that an operator stands for.
struct Operator : Layer {
  explicit Operator(const char *word) : Layer(word) {}
  using Layer::apply;
};
} // namespace

static Tensor calculate(const char *word, Operand &left, Operand &right) {
  Place place = left.place;
  return Operator(word).apply({std::move(left), std::move(right)}, place);
}

Tensor operator+(Operand left, Operand right) { return calculate("add", left, right); }
Tensor operator-(Operand left, Operand right) { return calculate("sub", left, right); }
Tensor operator*(Operand left, Operand right) { return calculate("mul", left, right); }
Tensor operator/(Operand left, Operand right) { return calculate("div", left, right); }

} // namespace cnnc::nn
