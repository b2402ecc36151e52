#include "tests/training/TrainedNetwork.h"

#include "compiler/frontend/Frontend.h"
#include "compiler/frontend/NetworkFunction.h"
#include "compiler/passes/BorderPlaces.h"
#include "compiler/passes/Describe.h"
#include "compiler/passes/TrainingTables.h"
#include "compiler/reference/Reference.h"
#include "compiler/support/WriteFile.h"
#include "compiler/tool/Tensors.h"
#include "dialects/cnn/Values.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>

#include <unistd.h>

using namespace mlir;

namespace cnnc {

double largestDifference(const std::vector<double> &a, const std::vector<double> &b) {
  double largest = 0;
  for (size_t i = 0; i < a.size(); ++i) // In this order, what is no number stays.
    largest = std::max(std::abs(a[i] - b[i]), largest);
  return largest;
}

double largestMagnitude(const std::vector<double> &values) {
  double largest = 0;
  for (double value : values)
    largest = std::max(std::abs(value), largest);
  return largest;
}

// ---- Compiling ---------------------------------------------------------------------------------

static OwningOpRef<ModuleOp> read(MLIRContext &context, const std::string &text) {
  std::string path = (std::filesystem::temp_directory_path() /
                      ("cnnc-training-" + std::to_string(getpid()) + ".cnn"))
                         .string();
  if (Status written = writeFile(path, {text}); !written) {
    std::cerr << written.error() << "\n";
    return nullptr;
  }
  OwningOpRef<ModuleOp> module = readModel(context, path, {});
  std::filesystem::remove(path);
  return module;
}

/// Random numbers; of labels each a class.
static HostTensor randomTarget(const BorderTensor &tensor, const std::vector<int64_t> &sizes,
                               int64_t classes, uint64_t seed) {
  HostTensor random = randomTensor(ElementType::F32, shapeAt(tensor, sizes), seed);
  if (tensor.elementType != ElementType::I64)
    return random;
  HostTensor labels(ElementType::I64, random.shape);
  for (size_t i = 0; i < random.bytes.size() / 4; ++i) {
    float number;
    std::memcpy(&number, random.bytes.data() + 4 * i, 4);
    int64_t label = std::min<int64_t>(classes - 1, int64_t((number + 1) / 2 * float(classes)));
    std::memcpy(labels.bytes.data() + 8 * i, &label, 8);
  }
  return labels;
}

std::unique_ptr<TrainedNetwork> TrainedNetwork::compile(const std::string &text,
                                                        const std::vector<int64_t> &sizes) {
  auto network = std::make_unique<TrainedNetwork>();
  network->context = std::make_unique<MLIRContext>();
  loadDialects(*network->context);
  PipelineOptions options;
  options.train = true;
  OwningOpRef<ModuleOp> module = read(*network->context, text);
  network->reference = read(*network->context, text);
  if (!module || !network->reference ||
      failed(runStages(*network->reference, Stage::Differentiate, options)))
    return nullptr;
  std::optional<NetworkPlan> plan = planNetwork(*module, options);
  if (!plan)
    return nullptr;
  network->plan = std::move(*plan);
  network->sizes = sizes;
  Result<LoadedNetwork> loaded = LoadedNetwork::load(network->plan);
  if (!loaded) {
    std::cerr << loaded.error() << "\n";
    return nullptr;
  }
  network->loaded = std::make_unique<LoadedNetwork>(std::move(*loaded));
  const TrainingPlan &training = *network->plan.training;
  for (const BorderTensor &input : network->plan.inputs)
    network->inputs.push_back(randomTensor(input.elementType, shapeAt(input, sizes), 17));
  for (const BorderTensor &target : training.targets)
    network->targets.push_back(randomTarget(
        target, sizes, training.labels.empty() ? 0 : training.labels.front().classes, 18));
  network->blocks.parameters.resize(static_cast<size_t>(training.parameterFloats));
  network->blocks.state.resize(static_cast<size_t>(training.stateFloats));
  network->loaded->network().init(network->blocks.parameters.data(), network->blocks.state.data(),
                                  7);
  return network;
}

// ---- Compiled ----------------------------------------------------------------------------------

/// The tensors of a block.
static std::vector<NamedTensor> tensorsOf(const std::vector<BlockTensor> &table,
                                          const std::vector<float> &block) {
  std::vector<NamedTensor> tensors;
  for (const BlockTensor &entry : table) {
    int64_t count = 1;
    for (int64_t dim : entry.shape)
      count *= dim;
    auto begin = block.begin() + entry.offset;
    tensors.push_back({entry.name, {begin, begin + count}});
  }
  return tensors;
}

namespace {
/// Memory and threads for one call.
struct Call {
  Call(const cnnrt_network &network, const std::vector<int64_t> &sizes, int threads)
      : exec(cnnrt_pool_create(threads)),
        bytes(network.training_workspace_bytes(sizes.data(), threads)),
        workspace(std::aligned_alloc(64, bytes)) {
    // What was there before must have no influence.
    std::memset(workspace, 0xff, bytes);
  }
  Call(const Call &) = delete;
  ~Call() {
    std::free(workspace);
    cnnrt_pool_destroy(exec);
  }

  cnnrt_exec *exec;
  size_t bytes;
  void *workspace;
};
} // namespace

std::vector<NamedTensor> TrainedNetwork::gradients(bool ofInputs, int threads) {
  const cnnrt_network &network = loaded->network();
  Call call(network, sizes, threads);
  float loss = 0;
  std::vector<float> ofParameters(blocks.parameters.size());
  std::vector<std::vector<float>> ofFloatInputs;
  std::vector<float *> pointers;
  for (const HostTensor &input : inputs)
    if (input.elementType == ElementType::F32)
      ofFloatInputs.emplace_back(input.bytes.size() / 4);
  for (std::vector<float> &gradient : ofFloatInputs)
    pointers.push_back(gradient.data());
  int status = network.gradients(blocks.parameters.data(), pointersTo(inputs).data(),
                                 pointersTo(targets).data(), sizes.data(), &loss,
                                 ofParameters.data(), ofInputs ? pointers.data() : nullptr,
                                 nextStep, call.workspace, call.bytes, call.exec);
  if (status != CNNRT_OK) {
    std::cerr << cnnrt_status_string(status) << "\n";
    return {};
  }
  std::vector<NamedTensor> result = {{"loss", {loss}}};
  for (NamedTensor &tensor : tensorsOf(plan.training->parameters, ofParameters))
    result.push_back(std::move(tensor));
  for (size_t i = 0; ofInputs && i < ofFloatInputs.size(); ++i)
    result.push_back(
        {"input " + std::to_string(i), {ofFloatInputs[i].begin(), ofFloatInputs[i].end()}});
  return result;
}

int TrainedNetwork::callStep(Blocks &moved, uint64_t step, float &loss, int threads) {
  const cnnrt_network &network = loaded->network();
  Call call(network, sizes, threads);
  return network.train_step(moved.parameters.data(), moved.state.data(), pointersTo(inputs).data(),
                            pointersTo(targets).data(), sizes.data(), learningRate, step, &loss,
                            call.workspace, call.bytes, call.exec);
}

std::vector<NamedTensor> TrainedNetwork::step() {
  float loss = 0;
  if (int status = callStep(blocks, nextStep++, loss, 1); status != CNNRT_OK) {
    std::cerr << cnnrt_status_string(status) << "\n";
    return {};
  }
  std::vector<NamedTensor> result = parameterTensors();
  for (NamedTensor &tensor : tensorsOf(plan.training->states, blocks.state))
    result.push_back(std::move(tensor));
  return result;
}

std::vector<NamedTensor> TrainedNetwork::parameterTensors() const {
  return tensorsOf(plan.training->parameters, blocks.parameters);
}

double TrainedNetwork::loss() { return gradients(false).front().values.front(); }

Blocks TrainedNetwork::blocksAfter(int steps, int threads) {
  Blocks moved = blocks;
  float loss = 0;
  for (int i = 0; i < steps; ++i)
    callStep(moved, nextStep + static_cast<uint64_t>(i), loss, threads);
  return moved;
}

// ---- Reference ---------------------------------------------------------------------------------

static LogicalTensor fromBlock(const std::vector<float> &block, BorderPlace place, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  auto begin = block.begin() + place.number;
  return {type.getShape().vec(), {begin, begin + type.getNumElements()}};
}

static Layout layoutOfBorder(bool channelsLast) {
  return channelsLast ? Layout::ChannelsLast : Layout::RowMajor;
}

std::vector<NamedTensor> TrainedNetwork::evaluate(const std::string &suffix,
                                                  const std::vector<float> &gradientBlock) {
  auto function = reference->lookupSymbol<func::FuncOp>(plan.name + suffix);
  SizeNumbering numbering;
  FunctionGraph graph = describe(function, numbering);
  std::vector<int64_t> runTimeSizes;
  for (cnn::Size size : numbering.symbols())
    runTimeSizes.push_back(toSizeExpr(size).evaluate(sizes));
  std::vector<LogicalTensor> arguments;
  for (BlockArgument argument : function.getArguments()) {
    std::optional<BorderPlace> place = getPlace(argument);
    size_t number = place ? static_cast<size_t>(place->number) : argument.getArgNumber();
    if (!place) {
      arguments.push_back(
          toLogical(inputs[number], layoutOfBorder(plan.inputs[number].channelsLast)));
      continue;
    }
    switch (place->kind) {
    case BufferPlace::Target:
      arguments.push_back(
          toLogical(targets[number], layoutOfBorder(plan.training->targets[number].channelsLast)));
      break;
    case BufferPlace::Parameters:
      arguments.push_back(fromBlock(blocks.parameters, *place, argument));
      break;
    case BufferPlace::State:
      arguments.push_back(fromBlock(blocks.state, *place, argument));
      break;
    case BufferPlace::Gradients:
      arguments.push_back(fromBlock(gradientBlock, *place, argument));
      break;
    case BufferPlace::Step:
      arguments.push_back({{}, {static_cast<double>(nextStep)}});
      break;
    default:
      arguments.push_back({{},
                           {number == 0 ? double(learningRate)
                                        : 1 - std::pow(plan.training->corrections[number - 1],
                                                       double(nextStep) + 1)}});
    }
  }
  for (cnn::Constant constant : graph.constants) {
    std::vector<float> storage;
    ArrayRef<float> values = cnn::getValues(constant.getValue(), storage);
    arguments.push_back({cast<RankedTensorType>(constant.getType()).getShape().vec(),
                         {values.begin(), values.end()}});
  }
  auto values = reference::evaluate(graph.graph, std::move(arguments), runTimeSizes);
  std::vector<NamedTensor> results;
  for (auto [i, result] : llvm::enumerate(graph.results)) {
    std::optional<BorderPlace> place = getResultPlace(function, static_cast<unsigned>(i));
    results.push_back({std::to_string(place->kind) + " " + std::to_string(place->number),
                       values[static_cast<size_t>(result)].values});
  }
  return results;
}

std::vector<NamedTensor> TrainedNetwork::referenceGradients() {
  std::vector<NamedTensor> results = evaluate("_gradients", {});
  auto find = [&](BufferPlace::Kind kind, int64_t number) {
    std::string key = std::to_string(kind) + " " + std::to_string(number);
    return std::find_if(results.begin(), results.end(),
                        [&](const NamedTensor &t) { return t.name == key; })
        ->values;
  };
  std::vector<NamedTensor> named = {{"loss", find(BufferPlace::Loss, 0)}};
  for (const BlockTensor &parameter : plan.training->parameters)
    named.push_back({parameter.name, find(BufferPlace::Gradients, parameter.offset)});
  for (size_t i = 0; i < inputs.size(); ++i)
    named.push_back(
        {"input " + std::to_string(i), find(BufferPlace::InputGradient, static_cast<int64_t>(i))});
  return named;
}

std::vector<NamedTensor> TrainedNetwork::referenceStep() {
  std::vector<float> gradientBlock(blocks.parameters.size());
  for (const NamedTensor &gradient : gradients(false))
    for (const BlockTensor &parameter : plan.training->parameters)
      if (parameter.name == gradient.name)
        std::copy(gradient.values.begin(), gradient.values.end(),
                  gradientBlock.begin() + parameter.offset);
  Blocks next = blocks;
  auto function = reference->lookupSymbol<func::FuncOp>(plan.name + "_update");
  std::vector<NamedTensor> results = evaluate("_update", gradientBlock);
  for (auto [i, result] : llvm::enumerate(results)) {
    BorderPlace place = *getResultPlace(function, static_cast<unsigned>(i));
    std::vector<float> &block = place.kind == BufferPlace::State ? next.state : next.parameters;
    std::transform(result.values.begin(), result.values.end(), block.begin() + place.number,
                   [](double value) { return static_cast<float>(value); });
  }
  std::vector<NamedTensor> named = tensorsOf(plan.training->parameters, next.parameters);
  for (NamedTensor &tensor : tensorsOf(plan.training->states, next.state))
    named.push_back(std::move(tensor));
  return named;
}

} // namespace cnnc
