// From a `train` block to a loss:
// 1. freeze parameters, so that they are frozen in the copy, too;
// 2. copy the network into a function that also takes the targets;
// 3. evaluate the statements there: what the network's names meant, their copies mean now.
#include "compiler/frontend/cnn/ReadTrain.h"

#include "compiler/frontend/Training.h"
#include "compiler/frontend/cnn/Border.h"

#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace cnnc::syntax;

namespace cnnc {

namespace {
/// One block on its way from text to function.
class TrainReader {
public:
  TrainReader(const Train &train, func::FuncOp network, OpBuilder &builder, Evaluator &evaluator,
              const Scope &names, Scope &sizes)
      : train(train), network(network), builder(builder), evaluator(evaluator), scope(names),
        sizes(sizes) {}

  LogicalResult run();

private:
  FailureOr<std::vector<BorderValue>> readTargets();
  void enterLoss(ArrayRef<BorderValue> targets);
  LogicalResult runStatement(const Statement &statement);
  LogicalResult runOptimizer(const Statement &statement);
  LogicalResult checkParameters();
  LogicalResult finish();

  const Train &train;
  func::FuncOp network;
  OpBuilder &builder;
  Evaluator &evaluator;
  Scope scope;
  Scope &sizes;
  func::FuncOp loss;
  std::optional<cnn::OptimizerSettings> optimizer;
  const Statement *lossStatement = nullptr;
};
} // namespace

FailureOr<std::vector<BorderValue>> TrainReader::readTargets() {
  std::vector<std::string> taken = sizes.valueNames();
  for (const BorderValue &input : getInputs(network))
    taken.push_back(input.name);
  std::vector<BorderValue> targets;
  for (const Border &target : train.targets) {
    if (llvm::is_contained(taken, target.name))
      return emitError(target.location)
             << "the name '" << target.name << "' is taken; choose another";
    taken.push_back(target.name);
    FailureOr<BorderValue> value = readInput(target, evaluator, sizes);
    if (failed(value))
      return failure();
    targets.push_back(*value);
  }
  return targets;
}

/// A value of the network as that of its copy.
static CallValue copyOf(const CallValue &value, const IRMapping &copies) {
  if (Value tensor = value.tensor())
    return copies.lookup(tensor);
  const ListValue *list = value.getIf<ListValue>();
  if (!list)
    return value;
  ListValue copy;
  for (const CallValue &element : list->elements)
    copy.elements.push_back(copyOf(element, copies));
  return copy;
}

void TrainReader::enterLoss(ArrayRef<BorderValue> targets) {
  IRMapping copies;
  loss = createLoss(network, targets, copies);
  for (const std::string &name : scope.valueNames())
    scope.set(name, copyOf(*scope.find(name), copies));
  for (auto [target, argument] :
       llvm::zip_equal(targets, loss.getArguments().take_back(targets.size())))
    scope.set(target.name, Value(argument));
  builder.setInsertionPointToEnd(&loss.getBody().front());
}

LogicalResult TrainReader::runOptimizer(const Statement &statement) {
  const Expression &value = *statement.values[0];
  if (optimizer)
    return emitError(statement.location) << "optimizer is assigned twice";
  if (value.kind != Expression::Kind::Call || statement.names.size() != 1)
    return emitError(value.location)
           << "expected an optimizer with its arguments, as in sgd(momentum: 0.9)";
  const Call &call = value.calls[0];
  std::vector<CallArgument> arguments;
  for (const Argument &argument : call.arguments) {
    Evaluator::Value given = evaluator.evaluate(*argument.value, scope);
    if (failed(given))
      return failure();
    arguments.push_back(
        {argument.name, std::move(*given), argument.value->location, argument.location});
  }
  FailureOr<cnn::OptimizerSettings> settings = readOptimizer(call.callee, arguments, call.location);
  if (failed(settings))
    return failure();
  optimizer = *settings;
  return success();
}

LogicalResult TrainReader::runStatement(const Statement &statement) {
  if (llvm::is_contained(statement.names, "optimizer"))
    return runOptimizer(statement);
  if (llvm::is_contained(statement.names, "loss")) {
    if (lossStatement)
      return emitError(statement.location) << "loss is assigned twice";
    lossStatement = &statement;
  }
  return evaluator.runAssign(statement, scope);
}

/// All parameters are the network's: one that only the loss has would be none of the library's.
LogicalResult TrainReader::checkParameters() {
  llvm::StringSet<> known;
  for (auto constant : network.getOps<cnn::Constant>())
    if (constant.getName())
      known.insert(*constant.getName());
  for (auto constant : loss.getOps<cnn::Constant>())
    if (constant.getName() && !known.contains(*constant.getName()))
      return emitError(constant.getLoc())
             << "a train block has no parameters but this makes '" << *constant.getName()
             << "'; give the layer a name in the network";
  return success();
}

LogicalResult TrainReader::finish() {
  if (!lossStatement)
    return emitError(train.end) << "the train block assigns no loss, as in loss = "
                                   "cross_entropy(logits, label)";
  if (!optimizer)
    return emitError(train.end) << "the train block assigns no optimizer, as in optimizer = sgd()";
  const CallValue &value = *scope.find("loss");
  Location location = lossStatement->values[0]->location;
  if (!value.tensor())
    return emitError(location) << "the loss must be a single f32 but is " << describe(value);
  if (failed(checkLoss(value.tensor(), evaluator.sizeNames, location)))
    return failure();
  finishLoss(loss, train.location, value.tensor(), *optimizer);
  return success();
}

LogicalResult TrainReader::run() {
  if (train.freeze && failed(freezeParameters(network, train.freeze->text, train.freeze->location)))
    return failure();
  FailureOr<std::vector<BorderValue>> targets = readTargets();
  if (failed(targets))
    return failure();
  enterLoss(*targets);
  for (const Statement &statement : train.body)
    if (failed(runStatement(statement)))
      return failure();
  if (failed(checkParameters()))
    return failure();
  return finish();
}

LogicalResult readTrain(const Train &train, func::FuncOp network, OpBuilder &builder,
                        Evaluator &evaluator, const Scope &names, Scope &sizes) {
  return TrainReader(train, network, builder, evaluator, names, sizes).run();
}

} // namespace cnnc
