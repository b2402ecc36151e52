// From a `.cnn` file to a network function:
// 1. parse the file and what it imports;
// 2. open the weights;
// 3. find the symbolic sizes, the types of the inputs, and make the function;
// 4. evaluate the network's body;
// 5. check the outputs;
// 6. read how it is trained, where the file says so, and verify.
#include "compiler/frontend/Frontend.h"
#include "compiler/frontend/NetworkFunction.h"
#include "compiler/frontend/SizeNames.h"
#include "compiler/frontend/cnn/Border.h"
#include "compiler/frontend/cnn/ReadTrain.h"
#include "compiler/frontend/cnn/SourceFiles.h"

#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace cnnc::syntax;

namespace cnnc {

static FailureOr<const syntax::Network *> findNetwork(const File &file, Location location) {
  if (file.networks.empty())
    return emitError(location) << "the file has no network; one is written as: network NAME(x: "
                                  "f32[N, 3, H, W]) -> f32[N, 10] { return ... }";
  if (file.networks.size() > 1)
    return emitError(file.networks[1].location)
           << "the file has " << file.networks.size() << " networks but a file is one network";
  return &file.networks[0];
}

/// How the network is trained, or null.
static FailureOr<const Train *> findTrain(const File &file, const syntax::Network &network) {
  if (file.trains.empty())
    return nullptr;
  if (file.trains.size() > 1)
    return emitError(file.trains[1].location)
           << "the file has " << file.trains.size() << " train blocks but a network has one";
  const Train &train = file.trains[0];
  if (train.name != network.name)
    return emitError(train.location)
           << "train " << train.name << ": the network is called '" << network.name << "'";
  return &train;
}

static FailureOr<Weights> openWeights(const File &file, const std::string &path,
                                      const ReadOptions &options, Location location) {
  if (options.weights.empty() && !file.weights)
    return Weights::seeded(options.seed);
  bool isOption = !options.weights.empty();
  Result<Weights> weights =
      Weights::fromFile(isOption ? options.weights : resolvePath(path, file.weights->path));
  if (!weights)
    return emitError(isOption ? location : file.weights->location) << weights.error();
  return *weights;
}

namespace {
/// One network on its way from text to function.
class NetworkReader {
public:
  /// `train` is null where the file does not say how the network is trained.
  NetworkReader(ModuleOp module, const syntax::Network &network, const Train *train,
                Weights &weights, const SourceFiles &sources, const ReadOptions &options)
      : module(module), network(network), train(train), options(options),
        builder(module.getContext()), evaluator(builder, weights, sources),
        sizesInScope("", nullptr, 0) {}

  LogicalResult run();

private:
  FailureOr<func::FuncOp> makeFunction();
  Scope makeBodyScope(func::FuncOp function) const;
  LogicalResult checkNames() const;
  FailureOr<std::vector<BorderValue>> makeOutputs(const std::vector<CallValue> &returned);
  std::string nameOfOutput(const Border &output) const;

  ModuleOp module;
  const syntax::Network &network;
  const Train *train;
  const ReadOptions &options;
  OpBuilder builder;
  Evaluator evaluator;
  Scope sizesInScope; ///< What the types at the border are written with.
};
} // namespace

/// Inputs, outputs and sizes are arguments of one C function, so each has a name of its own.
LogicalResult NetworkReader::checkNames() const {
  std::map<std::string, Location> names;
  auto add = [&](const std::string &name, Location location) -> LogicalResult {
    if (names.try_emplace(name, location).second)
      return success();
    return emitError(location) << "the name '" << name << "' is taken; choose another";
  };
  for (const std::string &name : evaluator.sizeNames)
    if (failed(add(name, network.location)))
      return failure();
  for (const auto &borders : {&network.inputs, &network.outputs})
    for (const Border &border : *borders)
      if (!border.name.empty() && failed(add(border.name, border.location)))
        return failure();
  return success();
}

FailureOr<func::FuncOp> NetworkReader::makeFunction() {
  FailureOr<NamedSizes> sizes = collectSizes(module.getContext(), network, options);
  if (failed(sizes))
    return failure();
  evaluator.sizeNames = sizes->symbolic;
  if (failed(checkNames()))
    return failure();
  for (const auto &[name, size] : sizes->all)
    sizesInScope.set(name, fromSize(size));
  std::vector<BorderValue> inputs;
  for (const Border &input : network.inputs) {
    FailureOr<BorderValue> value = readInput(input, evaluator, sizesInScope);
    if (failed(value))
      return failure();
    inputs.push_back(*value);
  }
  const std::string &name = options.name.empty() ? network.name : options.name;
  func::FuncOp function =
      createNetwork(module, network.location, name, sizes->symbolic, sizes->typical, inputs);
  builder.setInsertionPointToEnd(&function.getBody().front());
  return function;
}

/// The sizes and the inputs.
Scope NetworkReader::makeBodyScope(func::FuncOp function) const {
  Scope scope("", nullptr, 0);
  for (const std::string &name : sizesInScope.valueNames())
    scope.set(name, *sizesInScope.find(name));
  for (auto [input, argument] : llvm::zip_equal(network.inputs, function.getArguments()))
    scope.set(input.name, Value(argument));
  return scope;
}

std::string NetworkReader::nameOfOutput(const Border &output) const {
  if (!output.name.empty())
    return output.name;
  bool isTaken =
      llvm::any_of(network.inputs, [](const Border &input) { return input.name == "y"; });
  return isTaken ? "output" : "y";
}

FailureOr<std::vector<BorderValue>>
NetworkReader::makeOutputs(const std::vector<CallValue> &returned) {
  // A network that declares nothing has the one output.
  static const Border undeclared{"", std::nullopt, UnknownLoc::get(module.getContext())};
  size_t count = std::max<size_t>(network.outputs.size(), 1);
  if (returned.size() != count)
    return emitError(network.location)
           << "the network is declared with " << count << (count == 1 ? " output" : " outputs")
           << " but returns " << returned.size();
  std::vector<BorderValue> outputs;
  for (auto [i, value] : llvm::enumerate(returned)) {
    const Border &output = network.outputs.empty() ? undeclared : network.outputs[i];
    Location location = network.outputs.empty() ? network.location : output.location;
    if (!value.tensor())
      return emitError(location) << "an output must be a tensor but is " << describe(value);
    if (output.name.empty() && count > 1)
      return emitError(location) << "of several outputs each has a name, as in (a: f32[N, 2], b: "
                                    "f32[N, 3])";
    FailureOr<BorderValue> checked =
        checkOutput(output, nameOfOutput(output), value.tensor(), evaluator, sizesInScope);
    if (failed(checked))
      return failure();
    outputs.push_back(*checked);
  }
  return outputs;
}

LogicalResult NetworkReader::run() {
  FailureOr<func::FuncOp> function = makeFunction();
  if (failed(function))
    return failure();
  SizeNamesInMessages names(module.getContext(), evaluator.sizeNames);
  Scope scope = makeBodyScope(*function);
  auto returned = evaluator.evaluateBody(network.body, scope);
  if (failed(returned))
    return failure();
  if (!*returned)
    return emitError(network.end) << "the network ends without return";
  FailureOr<std::vector<BorderValue>> outputs = makeOutputs(**returned);
  if (failed(outputs))
    return failure();
  finishNetwork(*function, network.location, *outputs);
  for (const BorderValue &output : *outputs)
    if (!scope.find(output.name))
      scope.set(output.name, output.value);
  if (train && failed(readTrain(*train, *function, builder, evaluator, scope, sizesInScope)))
    return failure();
  return verify(module);
}

OwningOpRef<ModuleOp> readCnn(MLIRContext &context, const std::string &path,
                              const ReadOptions &options) {
  context.loadDialect<cnn::CNNDialect, func::FuncDialect>();
  Location location = FileLineColRange::get(&context, path, 0, 0);
  SourceFiles sources;
  if (failed(readSourceFiles(&context, path, sources)))
    return nullptr;
  const File &file = sources.files.front();
  FailureOr<const syntax::Network *> network = findNetwork(file, location);
  if (failed(network))
    return nullptr;
  FailureOr<const Train *> train = findTrain(file, **network);
  if (failed(train))
    return nullptr;
  FailureOr<Weights> weights = openWeights(file, path, options, location);
  if (failed(weights))
    return nullptr;
  OwningOpRef<ModuleOp> module = ModuleOp::create(location);
  if (failed(NetworkReader(*module, **network, *train, *weights, sources, options).run()))
    return nullptr;
  return module;
}

} // namespace cnnc
