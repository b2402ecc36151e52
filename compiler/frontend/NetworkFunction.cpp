#include "compiler/frontend/NetworkFunction.h"

using namespace mlir;

namespace cnnc {

static constexpr StringLiteral nameAttr = "cnn.name", channelsLastAttr = "cnn.channels_last",
                               targetAttr = "cnn.target", sizesAttr = "cnn.sizes",
                               typicalAttr = "cnn.typical", trainAttr = "cnn.train";

func::FuncOp createNetwork(ModuleOp module, Location loc, StringRef name,
                           ArrayRef<std::string> sizes, ArrayRef<int64_t> typicalSizes,
                           ArrayRef<BorderValue> inputs) {
  assert(sizes.size() == typicalSizes.size() && "one typical size per symbolic size");
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  SmallVector<Type> types;
  for (const BorderValue &input : inputs)
    types.push_back(input.type);
  auto function = func::FuncOp::create(builder, loc, name, builder.getFunctionType(types, {}));
  SmallVector<StringRef> names(sizes.begin(), sizes.end());
  function->setAttr(sizesAttr, builder.getStrArrayAttr(names));
  function->setAttr(typicalAttr, builder.getDenseI64ArrayAttr(typicalSizes));
  function.addEntryBlock();
  for (auto [i, input] : llvm::enumerate(inputs)) {
    function.setArgAttr(i, nameAttr, builder.getStringAttr(input.name));
    if (input.channelsLast)
      function.setArgAttr(i, channelsLastAttr, builder.getUnitAttr());
    if (input.isTarget)
      function.setArgAttr(i, targetAttr, builder.getUnitAttr());
  }
  return function;
}

void finishNetwork(func::FuncOp network, Location loc, ArrayRef<BorderValue> outputs) {
  OpBuilder builder = OpBuilder::atBlockEnd(&network.getBody().front());
  SmallVector<Value> values;
  SmallVector<Type> types;
  for (const BorderValue &output : outputs) {
    values.push_back(output.value);
    types.push_back(output.value.getType());
  }
  func::ReturnOp::create(builder, loc, values);
  network.setType(builder.getFunctionType(network.getArgumentTypes(), types));
  for (auto [i, output] : llvm::enumerate(outputs)) {
    network.setResultAttr(i, nameAttr, builder.getStringAttr(output.name));
    if (output.channelsLast)
      network.setResultAttr(i, channelsLastAttr, builder.getUnitAttr());
  }
}

func::FuncOp createLoss(func::FuncOp network, ArrayRef<BorderValue> targets, IRMapping &copies) {
  std::vector<BorderValue> inputs = getInputs(network);
  llvm::append_range(inputs, targets);
  for (BorderValue &target : MutableArrayRef(inputs).take_back(targets.size()))
    target.isTarget = true;
  func::FuncOp loss = createNetwork(network->getParentOfType<ModuleOp>(), network.getLoc(),
                                    (network.getName() + "_loss").str(), getSizeNames(network),
                                    getTypicalSizes(network), inputs);
  for (auto [argument, copy] : llvm::zip(network.getArguments(), loss.getArguments()))
    copies.map(argument, copy);
  OpBuilder builder = OpBuilder::atBlockEnd(&loss.getBody().front());
  for (Operation &op : network.getBody().front().without_terminator())
    builder.clone(op, copies);
  return loss;
}

void finishLoss(func::FuncOp function, Location location, Value loss,
                const cnn::OptimizerSettings &optimizer) {
  OpBuilder builder = OpBuilder::atBlockEnd(&function.getBody().front());
  auto number = RankedTensorType::get({}, builder.getF32Type());
  Value scalar = cnn::reshapeTo(builder, loss, number);
  finishNetwork(function, location, {{"loss", number, false, scalar}});
  function->setAttr(trainAttr, optimizer.toAttribute(function.getContext()));
}

StringRef getName(Operation &op) {
  StringRef name;
  op.getLoc()->walk([&](Location location) {
    auto named = dyn_cast<NameLoc>(location);
    if (!named)
      return WalkResult::advance();
    name = named.getName().getValue();
    return WalkResult::interrupt();
  });
  return name;
}

std::vector<std::string> getValueNames(func::FuncOp network) {
  std::vector<std::string> names;
  for (Operation &op : network.getBody().front())
    if (StringRef name = getName(op); !name.empty() && !isa<cnn::Constant, func::ReturnOp>(op))
      if (names.empty() || names.back() != name)
        names.push_back(name.str());
  return names;
}

bool addOutput(func::FuncOp network, StringRef name) {
  Value found;
  for (Operation &op : network.getBody().front())
    if (getName(op) == name && !isa<cnn::Constant, func::ReturnOp>(op))
      found = op.getResult(0); // The last: what an ONNX node's op is made of comes before it.
  if (!found)
    return false;
  std::vector<BorderValue> outputs = getOutputs(network);
  outputs.push_back({name.str(), cast<RankedTensorType>(found.getType()), false, found});
  Operation *returned = network.getBody().front().getTerminator();
  Location location = returned->getLoc();
  returned->erase();
  finishNetwork(network, location, outputs);
  return true;
}

func::FuncOp getNetwork(ModuleOp module) {
  auto functions = module.getOps<func::FuncOp>();
  assert(!functions.empty() && "a frontend leaves one function");
  return *functions.begin();
}

func::FuncOp getLoss(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    if (function->hasAttr(trainAttr))
      return function;
  return nullptr;
}

cnn::OptimizerSettings getOptimizer(func::FuncOp loss) {
  auto settings =
      cnn::OptimizerSettings::fromAttribute(loss->getAttrOfType<DictionaryAttr>(trainAttr));
  assert(settings && "a frontend leaves every argument of an optimizer");
  return *settings;
}

std::vector<std::string> getSizeNames(func::FuncOp network) {
  std::vector<std::string> names;
  if (auto list = network->getAttrOfType<ArrayAttr>(sizesAttr))
    for (StringAttr name : list.getAsRange<StringAttr>())
      names.push_back(name.str());
  return names;
}

std::vector<int64_t> getTypicalSizes(func::FuncOp network) {
  auto list = network->getAttrOfType<DenseI64ArrayAttr>(typicalAttr);
  return list ? std::vector<int64_t>(list.asArrayRef()) : std::vector<int64_t>();
}

static std::string borderName(DictionaryAttr attributes, StringRef fallback, size_t index) {
  if (auto name = attributes ? attributes.getAs<StringAttr>(nameAttr) : StringAttr())
    return name.str();
  return (fallback + Twine(index)).str();
}

std::vector<BorderValue> getInputs(func::FuncOp network) {
  std::vector<BorderValue> inputs;
  for (BlockArgument argument : network.getArguments()) {
    DictionaryAttr attributes = network.getArgAttrDict(argument.getArgNumber());
    inputs.push_back({borderName(attributes, "input", argument.getArgNumber()),
                      cast<RankedTensorType>(argument.getType()),
                      attributes && attributes.contains(channelsLastAttr), argument,
                      attributes && attributes.contains(targetAttr)});
  }
  return inputs;
}

std::vector<BorderValue> getOutputs(func::FuncOp network) {
  std::vector<BorderValue> outputs;
  auto returned = cast<func::ReturnOp>(network.getBody().front().getTerminator());
  for (OpOperand &operand : returned->getOpOperands()) {
    DictionaryAttr attributes = network.getResultAttrDict(operand.getOperandNumber());
    outputs.push_back({borderName(attributes, "output", operand.getOperandNumber()),
                       cast<RankedTensorType>(operand.get().getType()),
                       attributes && attributes.contains(channelsLastAttr), operand.get()});
  }
  return outputs;
}

} // namespace cnnc
