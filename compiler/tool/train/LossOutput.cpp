#include "compiler/tool/train/LossOutput.h"

#include "compiler/frontend/NetworkFunction.h"

using namespace mlir;

namespace cnnc {

/// A name that neither inputs nor outputs have.
static std::string unusedName(func::FuncOp network, std::string name) {
  auto isTaken = [&](const BorderValue &value) { return value.name == name; };
  while (llvm::any_of(getInputs(network), isTaken) || llvm::any_of(getOutputs(network), isTaken))
    name += "_";
  return name;
}

/// Has the network take what is a target of its loss.
static BlockArgument addInput(func::FuncOp network, const BorderValue &target) {
  Builder b(network.getContext());
  SmallVector<NamedAttribute> attributes = {
      b.getNamedAttr("cnn.name", b.getStringAttr(unusedName(network, target.name)))};
  if (target.channelsLast)
    attributes.push_back(b.getNamedAttr("cnn.channels_last", b.getUnitAttr()));
  unsigned index = network.getNumArguments();
  LogicalResult inserted =
      network.insertArgument(index, target.type, b.getDictionaryAttr(attributes), network.getLoc());
  assert(succeeded(inserted) && "a function takes any argument");
  (void)inserted;
  return network.getArgument(index);
}

void addLossOutput(ModuleOp module) {
  func::FuncOp network = getNetwork(module), loss = getLoss(module);
  Block &networkBody = network.getBody().front(), &lossBody = loss.getBody().front();
  // The loss begins with a copy of the network: createLoss.
  IRMapping inNetwork;
  for (auto [copy, value] : llvm::zip(loss.getArguments(), network.getArguments()))
    inNetwork.map(copy, value);
  for (const BorderValue &input : getInputs(loss))
    if (input.isTarget)
      inNetwork.map(input.value, addInput(network, input));
  OpBuilder builder(networkBody.getTerminator());
  auto copy = lossBody.begin();
  for (Operation &op : networkBody.without_terminator()) {
    assert(op.getName() == copy->getName() && "the loss begins with the network's ops");
    inNetwork.map(copy->getResults(), op.getResults());
    ++copy;
  }
  for (; &*copy != lossBody.getTerminator(); ++copy)
    builder.clone(*copy, inNetwork);

  auto name = builder.getStringAttr(unusedName(network, "loss"));
  Operation *end = networkBody.getTerminator();
  end->insertOperands(end->getNumOperands(),
                      inNetwork.lookup(lossBody.getTerminator()->getOperand(0)));
  network.setType(builder.getFunctionType(network.getArgumentTypes(), end->getOperandTypes()));
  network.setResultAttr(network.getNumResults() - 1, "cnn.name", name);
}

} // namespace cnnc
