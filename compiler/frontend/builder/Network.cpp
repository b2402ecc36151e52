#include "compiler/frontend/builder/NetworkState.h"

#include "compiler/frontend/SizeNames.h"
#include "dialects/cnn/Values.h"

#include "mlir/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

using namespace mlir;

namespace cnnc::nn {

//===-- State ---------------------------------------------------------------===//

NetworkState::NetworkState(std::string name)
    : name(std::move(name)), stream(messages), printer(&context, stream), builder(&context),
      weights(Weights::seeded(0)) {
  context.loadDialect<cnn::CNNDialect, func::FuncDialect>();
  builder.setInsertionPointToEnd(&body);
}

Location NetworkState::locate(Place place) {
  return FileLineColRange::get(&context, place.file, place.line, 0);
}

void NetworkState::fail() {
  std::string text;
  std::swap(text, messages);
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  throw Error(text);
}

void NetworkState::fail(Place place, const std::string &sentence) {
  emitError(locate(place)) << sentence;
  fail();
}

cnn::Size NetworkState::sizeNamed(const std::string &size, bool isBatch) {
  auto known = std::find(sizeNames.begin(), sizeNames.end(), size);
  size_t index = known - sizeNames.begin();
  if (known == sizeNames.end()) {
    sizeNames.push_back(size);
    typicalSizes.push_back(isBatch ? 1 : 224);
  }
  return getAffineSymbolExpr(index, &context);
}

Tensor NetworkState::wrap(Value value) {
  Tensor tensor;
  tensor.state = std::make_shared<TensorState>(TensorState{shared_from_this(), value});
  return tensor;
}

Value NetworkState::unwrap(const Tensor &tensor, Place place) {
  if (!tensor)
    fail(place, "a tensor is missing: it is none of the network's");
  if (tensor.state->network.get() != this)
    fail(place, "the tensor belongs to the network '" + tensor.state->network->name +
                    "' but is used in '" + name + "'");
  return tensor.state->value;
}

static Type toMlir(MLIRContext *context, ElementType type) {
  static const char *const names[] = {"f32", "f64", "u8", "i8", "i32", "i64", "bool"};
  return elementTypeNamed(context, names[type]);
}

BorderValue NetworkState::addBorder(const std::string &name, ElementType type,
                                    const std::vector<Size> &shape, Layout layout, Place place) {
  for (const auto *borders : {&inputs, &targets})
    for (const BorderValue &border : *borders)
      if (border.name == name)
        fail(place, "the name '" + name + "' is taken; choose another");
  SmallVector<cnn::Size> sizes;
  for (const Size &size : shape)
    if (!size.name.empty())
      sizes.push_back(sizeNamed(size.name, /*isBatch=*/sizes.empty()));
    else if (size.number < 1 || size.number > std::numeric_limits<int32_t>::max())
      fail(place, "a size must be from 1 to 2147483647 but is " + std::to_string(size.number));
    else
      sizes.push_back(getAffineConstantExpr(size.number, &context));
  if (sizes.size() > 6)
    fail(place, "a tensor has at most 6 dims but this one has " + std::to_string(sizes.size()));
  RankedTensorType tensor = cnn::tensorOf(sizes, toMlir(&context, type));
  return {name, tensor, layout == Layout::ChannelsLast, body.addArgument(tensor, locate(place))};
}

//===-- The module ----------------------------------------------------------===//

/// Clones `op` where `mapping` knows all its operands.
static bool cloneIfPossible(Operation &op, OpBuilder &into, IRMapping &mapping) {
  if (!llvm::all_of(op.getOperands(), [&](Value value) { return mapping.contains(value); }))
    return false;
  into.clone(op, mapping);
  return true;
}

/// The network: what does not depend on a target. `mapping` then tells what became of it.
func::FuncOp NetworkState::makeFunction(ModuleOp module, IRMapping &mapping) {
  Location location = UnknownLoc::get(&context);
  func::FuncOp function = createNetwork(module, location, name, sizeNames, typicalSizes, inputs);
  for (auto [input, argument] : llvm::zip_equal(inputs, function.getArguments()))
    mapping.map(input.value, argument);
  OpBuilder into = OpBuilder::atBlockEnd(&function.getBody().front());
  for (Operation &op : body)
    cloneIfPossible(op, into, mapping);
  std::vector<BorderValue> returned = outputs;
  for (BorderValue &output : returned) {
    if (!mapping.contains(output.value))
      fail({name.c_str(), 0}, "the output '" + output.name + "' depends on a target");
    output.value = mapping.lookup(output.value);
  }
  finishNetwork(function, location, returned);
  return function;
}

/// Its loss: the network, and what depends on a target.
void NetworkState::makeLoss(func::FuncOp function, const IRMapping &mapping) {
  IRMapping copies, inLoss;
  func::FuncOp loss = createLoss(function, targets, copies);
  for (auto [value, inNetwork] : mapping.getValueMap())
    inLoss.map(value, copies.lookup(inNetwork));
  for (auto [target, argument] :
       llvm::zip_equal(targets, loss.getArguments().take_back(targets.size())))
    inLoss.map(target.value, argument);
  OpBuilder into = OpBuilder::atBlockEnd(&loss.getBody().front());
  for (Operation &op : body)
    if (!inLoss.contains(op.getResult(0)))
      into.clone(op, inLoss);
  finishLoss(loss, train->location, inLoss.lookup(train->loss), train->optimizer);
}

OwningOpRef<ModuleOp> NetworkState::makeModule() {
  if (outputs.empty())
    fail({name.c_str(), 0}, "the network has no output; give it one by output(name, tensor)");
  if (!targets.empty() && !train)
    fail({name.c_str(), 0}, "the network has a target but no loss; give it one by train(loss, "
                            "optimizer)");
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  IRMapping mapping;
  func::FuncOp function = makeFunction(*module, mapping);
  for (const auto &[names, location] : frozen)
    if (failed(freezeParameters(function, names, location)))
      fail();
  if (train)
    makeLoss(function, mapping);
  if (failed(verify(*module)))
    fail();
  return module;
}

//===-- Network -------------------------------------------------------------===//

Network::Network(std::string name) : state(std::make_shared<NetworkState>(std::move(name))) {}
Network::Network(Network &&) noexcept = default;
Network &Network::operator=(Network &&) noexcept = default;
Network::~Network() = default;

void Network::weights(const std::string &path) {
  Result<Weights> weights = Weights::fromFile(path);
  if (!weights)
    throw Error("error: " + weights.error());
  state->weights = *weights;
}

void Network::seed(uint64_t seed) { state->weights = Weights::seeded(seed); }

void Network::typical(const std::string &name, int64_t size) {
  auto known = std::find(state->sizeNames.begin(), state->sizeNames.end(), name);
  if (known == state->sizeNames.end())
    throw Error("error: the network has no size called '" + name + "'");
  state->typicalSizes[known - state->sizeNames.begin()] = size;
}

Tensor Network::input(const std::string &name, ElementType type, const std::vector<Size> &shape,
                      Layout layout, Place place) {
  state->inputs.push_back(state->addBorder(name, type, shape, layout, place));
  return state->wrap(state->inputs.back().value);
}

Tensor Network::target(const std::string &name, ElementType type, const std::vector<Size> &shape,
                       Layout layout, Place place) {
  for (const Size &size : shape)
    if (!size.name.empty() && !llvm::is_contained(state->sizeNames, size.name))
      state->fail(place, "the size '" + size.name + "' is none of an input");
  state->targets.push_back(state->addBorder(name, type, shape, layout, place));
  return state->wrap(state->targets.back().value);
}

Tensor Network::constant(const std::vector<int64_t> &shape, const std::vector<float> &values,
                         Place place) {
  int64_t count = 1;
  for (int64_t size : shape)
    if (size < 1 || llvm::MulOverflow(count, size, count))
      state->fail(place, "the shape " + shapeToString(shape) + " is none of a tensor");
  if (count != static_cast<int64_t>(values.size()))
    state->fail(place, "the shape " + shapeToString(shape) + " has " + std::to_string(count) +
                           " elements but there are " + std::to_string(values.size()) + " values");
  auto type = RankedTensorType::get(shape, state->builder.getF32Type());
  ElementsAttr attribute = cnn::makeValues(type, std::vector<float>(values), "constant");
  return state->wrap(
      cnn::Constant::create(state->builder, state->locate(place), attribute, StringAttr()));
}

void Network::output(const std::string &name, const Tensor &tensor, Layout layout, Place place) {
  Value value = state->unwrap(tensor, place);
  state->outputs.push_back(
      {name, cast<RankedTensorType>(value.getType()), layout == Layout::ChannelsLast, value});
}

void Network::train(const Tensor &loss, const Optimizer &optimizer, Place place) {
  if (state->train)
    state->fail(place, "the network has a loss already");
  Location location = state->locate(place);
  Value value = state->unwrap(loss, place);
  std::vector<CallArgument> arguments;
  for (const OptimizerArgument &argument : optimizer.arguments) {
    CallValue number = std::visit([](auto value) { return CallValue(value); }, argument.value);
    arguments.push_back({argument.name, number, location, location});
  }
  FailureOr<cnn::OptimizerSettings> settings = readOptimizer(optimizer.name, arguments, location);
  if (failed(settings) || failed(checkLoss(value, state->sizeNames, location)))
    state->fail();
  state->train = TrainState{value, *settings, location};
}

void Network::freeze(const std::string &names, Place place) {
  state->frozen.push_back({names, state->locate(place)});
}

std::string Network::show() const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  state->makeModule()->print(stream, OpPrintingFlags().elideLargeResourceString(16));
  return text;
}

std::string Tensor::type() const {
  if (!state)
    return "none";
  return spellType(cast<RankedTensorType>(state->value.getType()), state->network->sizeNames);
}

} // namespace cnnc::nn
