#include "compiler/tool/train/CheckedGradients.h"

#include "compiler/codegen/LowerTraining.h"
#include "compiler/passes/BorderPlaces.h"
#include "compiler/passes/Describe.h"
#include "compiler/tool/Tensors.h"
#include "dialects/cnn/Values.h"

#include <random>

using namespace mlir;

namespace cnnc {

// ---- What to compute ---------------------------------------------------------------------------

static constexpr int64_t batchForCheck = 2, leastForCheck = 8;

std::vector<int64_t> sizesForCheck(const TrainingNetwork &network) {
  const NetworkPlan &plan = network.plan();
  std::vector<int64_t> sizes = plan.typicalSizes;
  const SizeExpr &batch = plan.inputs.front().shape.front();
  for (size_t i = 0; i < sizes.size(); ++i) {
    const int64_t typical = sizes[i];
    bool isBatch = batch.kind() == SizeExpr::Symbol && batch.value() == static_cast<int64_t>(i);
    sizes[i] = isBatch ? batchForCheck : std::min(leastForCheck, typical);
    while (sizes[i] < typical && !network.checkSizes(sizes))
      ++sizes[i];
  }
  return sizes;
}

/// Integers below `bound`, or floats within [0, 1).
static HostTensor randomTarget(const BorderTensor &target, const std::vector<int64_t> &sizes,
                               int64_t bound, std::mt19937_64 &random) {
  LogicalTensor values(shapeAt(target, sizes));
  bool isFloat = target.elementType == ElementType::F32 || target.elementType == ElementType::F64;
  for (double &value : values.values)
    value = isFloat ? std::uniform_real_distribution<double>(0, 1)(random)
                    : static_cast<double>(random() % static_cast<uint64_t>(bound));
  return toMemory(values, target.elementType, Layout::RowMajor);
}

Batch randomBatch(const TrainingNetwork &network, const std::vector<int64_t> &sizes,
                  uint64_t seed) {
  Batch batch{{}, {}, sizes};
  for (const BorderTensor &input : network.plan().inputs)
    batch.inputs.push_back(
        randomTensor(input.elementType, shapeAt(input, sizes), seed + batch.inputs.size()));
  const TrainingPlan &training = network.training();
  std::mt19937_64 random(seed);
  for (size_t i = 0; i < training.targets.size(); ++i) {
    int64_t bound = 2;
    for (const LabelCheck &label : training.labels)
      if (label.target == static_cast<int>(i))
        bound = label.classes;
    batch.targets.push_back(randomTarget(training.targets[i], sizes, bound, random));
  }
  return batch;
}

GradientCheckOptions optionsForFloats(double bound, int entries, uint64_t seed) {
  GradientCheckOptions options;
  options.entries = entries;
  options.step = 1e-6; // Small: a network has a kink wherever an activation is near 0.
  options.kink = bound / 10;
  options.leastScale = 1e-2;
  options.seed = seed;
  return options;
}

// ---- The loss by the reference, the gradients by the compiled code -----------------------------

static Layout layoutOfBorder(const BorderTensor &tensor) {
  return tensor.channelsLast ? Layout::ChannelsLast : Layout::RowMajor;
}

/// Those values of the graph that `value` depends on, itself included.
static std::vector<bool> neededFor(int value, const OpGraph &graph) {
  std::vector<bool> isNeeded(static_cast<size_t>(graph.numValues()));
  isNeeded[static_cast<size_t>(value)] = true;
  for (size_t op = graph.ops.size(); op-- > 0;)
    if (isNeeded[graph.inputs.size() + op])
      for (int operand : graph.ops[op].operands)
        isNeeded[static_cast<size_t>(operand)] = true;
  return isNeeded;
}

/// The part of a block that belongs to an argument.
static LogicalTensor fromBlock(const std::vector<float> &block, BorderPlace place, Value argument) {
  auto type = cast<RankedTensorType>(argument.getType());
  auto begin = block.begin() + place.number;
  return {type.getShape().vec(), {begin, begin + type.getNumElements()}};
}

static LogicalTensor valueOf(BlockArgument argument, const TrainingNetwork &network,
                             const Batch &batch) {
  std::optional<BorderPlace> place = getPlace(argument);
  size_t number = place ? static_cast<size_t>(place->number) : argument.getArgNumber();
  if (!place)
    return toLogical(batch.inputs[number], layoutOfBorder(network.plan().inputs[number]));
  if (place->kind == BufferPlace::Target)
    return toLogical(batch.targets[number], layoutOfBorder(network.training().targets[number]));
  if (place->kind == BufferPlace::Parameters)
    return fromBlock(network.parameters, *place, argument);
  assert(place->kind == BufferPlace::Step && "a loss depends on nothing else");
  return LogicalTensor(reference::Shape{}); // Step 0.
}

static LogicalTensor valueOf(cnn::Constant constant) {
  std::vector<float> storage;
  ArrayRef<float> values = cnn::getValues(constant.getValue(), storage);
  return {cast<RankedTensorType>(constant.getType()).getShape().vec(),
          {values.begin(), values.end()}};
}

/// Adds the gradient of an argument, if it has one.
static void addGradient(BlockArgument argument, const TrainingNetwork &network, const Batch &batch,
                        const BatchGradients &compiled, CheckedGradients &result) {
  std::optional<BorderPlace> place = getPlace(argument);
  const int number = static_cast<int>(argument.getArgNumber());
  if (place && place->kind == BufferPlace::Parameters)
    for (const BlockTensor &parameter : network.training().parameters)
      if (parameter.offset == place->number) {
        result.gradients.push_back({number, fromBlock(compiled.parameters, *place, argument)});
        result.names.push_back(parameter.name);
      }
  if (place)
    return;
  const BorderTensor &border = network.plan().inputs[argument.getArgNumber()];
  for (auto [i, input] : llvm::enumerate(inputsWithGradient(network.plan())))
    if (input == argument.getArgNumber()) {
      HostTensor gradient =
          fromFloats(ElementType::F32, batch.inputs[input].shape, compiled.inputs[i].data());
      result.gradients.push_back({number, toLogical(gradient, layoutOfBorder(border))});
      result.names.push_back(border.name);
    }
}

Result<CheckedGradients> computeGradients(ModuleOp differentiated, TrainingNetwork &network,
                                          const Batch &batch) {
  Result<BatchGradients> compiled = network.gradients(batch, /*step=*/0);
  if (!compiled)
    return Error{compiled.error()};
  auto function = differentiated.lookupSymbol<func::FuncOp>(network.plan().name + "_gradients");
  SizeNumbering numbering;
  FunctionGraph described = describe(function, numbering);
  CheckedGradients result;
  result.loss.graph = std::move(described.graph);
  result.loss.scalar = described.results.front();
  for (cnn::Size size : numbering.symbols())
    result.loss.sizes.push_back(toSizeExpr(size).evaluate(batch.sizes));
  // A running statistic has no gradient: in training form the loss does not depend on it.
  std::vector<bool> isNeeded = neededFor(result.loss.scalar, result.loss.graph);
  for (BlockArgument argument : function.getArguments()) {
    result.loss.inputs.push_back(valueOf(argument, network, batch));
    if (isNeeded[argument.getArgNumber()])
      addGradient(argument, network, batch, *compiled, result);
  }
  for (cnn::Constant constant : described.constants)
    result.loss.inputs.push_back(valueOf(constant));
  return result;
}

} // namespace cnnc
