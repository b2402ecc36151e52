#include "compiler/passes/ReadPlan.h"

#include "compiler/frontend/NetworkFunction.h"
#include "compiler/passes/BorderPlaces.h"
#include "compiler/passes/Describe.h"
#include "compiler/passes/TrainingTables.h"
#include "dialects/cnn/Values.h"

#include "cnnrt_generated.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/SymbolTable.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <map>
#include <set>

using namespace mlir;

namespace cnnc {

std::string toIdentifier(StringRef name) {
  std::string identifier;
  for (char c : name)
    identifier += llvm::isAlnum(c) ? c : '_';
  if (identifier.empty() || llvm::isDigit(identifier.front()))
    identifier.insert(0, "_");
  return identifier;
}

/// The runtime's number for a kind of initializer.
static int32_t initializerKind(StringRef kind) {
  return llvm::StringSwitch<int32_t>(kind)
      .Cases({"constant", "zeros", "ones"}, CNNRT_INIT_CONSTANT)
      .Cases({"he_normal", "glorot_normal"}, CNNRT_INIT_NORMAL)
      .Cases({"he_uniform", "glorot_uniform"}, CNNRT_INIT_UNIFORM)
      .Case("orthogonal", CNNRT_INIT_ORTHOGONAL)
      .Default(-1);
}

namespace {

/// The dims of a tensor in memory, slowest first.
std::vector<SizeExpr> memoryShape(RankedTensorType type, Layout layout) {
  std::vector<SizeExpr> shape;
  for (cnn::Size size : cnn::sizesOf(type))
    shape.push_back(toSizeExpr(size));
  if (layout == Layout::ChannelsLast && shape.size() >= 3)
    std::rotate(shape.begin() + 1, shape.begin() + 2, shape.end());
  return shape;
}

class PlanReader {
public:
  PlanReader(ModuleOp module, const Target &target) : module(module), network(getNetwork(module)) {
    plan.name = toIdentifier(network.getName());
    plan.target = target;
    plan.sizes = getSizeNames(network);
    plan.typicalSizes = getTypicalSizes(network);
  }

  NetworkPlan read() {
    std::set<std::string> names(plan.sizes.begin(), plan.sizes.end());
    for (const BorderValue &input : getInputs(network))
      if (!getPlace(cast<BlockArgument>(input.value)))
        plan.inputs.push_back(readBorder(input, names));
    for (const BorderValue &output : getOutputs(network))
      plan.outputs.push_back(readBorder(output, names));
    for (kernel::Object object : module.getOps<kernel::Object>())
      readKernel(object);
    plan.run = readFunction(network);
    if (func::FuncOp update = lookup("_update"))
      readTraining(update, names);
    return std::move(plan);
  }

private:
  func::FuncOp lookup(StringRef suffix) {
    return module.lookupSymbol<func::FuncOp>((network.getName() + suffix).str());
  }

  /// A tensor under a name that is not among `names` yet; its sizes are at least 1.
  BorderTensor readBorder(const BorderValue &value, std::set<std::string> &names) {
    std::string name = toIdentifier(value.name);
    while (!names.insert(name).second)
      name += '_';
    Layout layout = value.channelsLast ? Layout::ChannelsLast : Layout::RowMajor;
    BorderTensor tensor{name, toElementType(value.type.getElementType()),
                        memoryShape(value.type, layout), value.channelsLast};
    for (const SizeExpr &size : tensor.shape)
      addCheck({size, 1, 1});
    return tensor;
  }

  FunctionPlan readFunction(func::FuncOp source) {
    auto arena = source->getAttrOfType<StringAttr>("kernel.arena");
    assert(arena && "plan-memory leaves the size of the arena");
    function = {};
    sharedSeen.clear();
    workerSeen.clear();
    function.arenaBytes = SizeExpr::parse(arena.str());
    for (kernel::Fused fused : source.getOps<kernel::Fused>())
      readCall(fused);
    source.walk([&](Operation *op) { addChecks(op); });
    return std::move(function);
  }

  void readTraining(func::FuncOp update, std::set<std::string> &names) {
    TrainingPlan training;
    TrainingTables tables = TrainingTables::readFrom(update);
    for (const TrainingTables::Parameter &parameter : tables.parameters) {
      training.parameters.push_back(parameter.place);
      training.starts.push_back(readStart(parameter));
    }
    training.states = tables.states;
    training.parameterFloats = tables.parameterFloats;
    training.stateFloats = tables.stateFloats;
    training.labels = tables.labels;
    training.corrections = tables.corrections;
    func::FuncOp gradients = lookup("_gradients");
    for (const BorderValue &value : getInputs(gradients))
      if (auto place = getPlace(cast<BlockArgument>(value.value));
          place && place->kind == BufferPlace::Target)
        training.targets.push_back(readBorder(value, names));
    training.gradients = readFunction(gradients);
    training.parameterGradients = readFunction(lookup("_parameter_gradients"));
    training.update = readFunction(update);
    plan.training = std::move(training);
  }

  /// What NAME_init makes of a parameter: random numbers, or those that it came with.
  ParameterStart readStart(const TrainingTables::Parameter &parameter) {
    if (!parameter.initializer)
      return {CNNRT_INIT_VALUES, 0, addValues(parameter.values)};
    return {initializerKind(parameter.initializer.getAs<StringAttr>("kind")),
            parameter.initializer.getAs<FloatAttr>("scale").getValueAsDouble(), 0};
  }

  void readKernel(kernel::Object object) {
    auto code = cast<DenseResourceElementsAttr>(object.getCode());
    ArrayRef<char> bytes = code.getRawHandle().getBlob()->getData();
    kernelNumbers[object.getSymName()] = static_cast<int>(plan.kernels.size());
    plan.kernels.push_back(
        {object.getSymName().str(),
         KernelSpec::fromText(object.getSpec().str()),
         {std::string(bytes.begin(), bytes.end()), SizeExpr::parse(object.getSharedScratch().str()),
          SizeExpr::parse(object.getWorkerScratch().str())}});
  }

  void readCall(kernel::Fused fused) {
    SizeNumbering sizes;
    KernelSpec spec = describeKernel(fused, plan.target, sizes);
    KernelCall call;
    call.name = nameOf(fused);
    call.kernel = kernelNumbers.at(*fused.getKernel());
    for (cnn::Size size : sizes.symbols())
      call.sizes.push_back(toSizeExpr(size));
    for (auto [i, input] : llvm::enumerate(fused.getInputs()))
      call.arguments.push_back(spec.isWeight[i] ? weightArgument(spec, static_cast<int>(i), input)
                                                : activationArgument(input));
    call.arguments.push_back(activationArgument(fused.getResult()));
    const CompiledKernel &compiled = plan.kernels[static_cast<size_t>(call.kernel)].compiled;
    auto inNetworkSizes = [&](int k) { return call.sizes[static_cast<size_t>(k)]; };
    growTo(function.sharedScratch, compiled.sharedScratch.substitute(inNetworkSizes), sharedSeen);
    growTo(function.workerScratch, compiled.workerScratch.substitute(inNetworkSizes), workerSeen);
    function.calls.push_back(std::move(call));
  }

  /// "stage.conv: conv+relu": where the layer is, told by its first parameter's name, and its ops.
  static std::string nameOf(kernel::Fused fused) {
    for (Value input : fused.getInputs())
      if (cnn::Constant constant = constantOf(input))
        if (StringAttr name = constant.getNameAttr(); name && name.getValue().contains('.'))
          return (name.getValue().rsplit('.').first + ": " + fused.getLabel()).str();
    return fused.getLabel().str();
  }

  /// total = max(total, bytes), each distinct expression once.
  static void growTo(SizeExpr &total, const SizeExpr &bytes, std::set<std::string> &seen) {
    if (seen.insert(bytes.toString()).second)
      total = max(total, bytes);
  }

  BufferArgument activationArgument(Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    std::vector<SizeExpr> extents = memoryShape(type, layoutOf(value));
    std::reverse(extents.begin(), extents.end());
    View view = viewOf(value);
    return {placeOf(view.buffer), toElementType(type.getElementType()), std::move(extents),
            pitchOf(value), view.channel};
  }

  static BufferPlace placeOf(Value buffer) {
    if (auto argument = dyn_cast<BlockArgument>(buffer)) {
      int64_t input = argument.getArgNumber();
      return toBufferPlace(getPlace(argument).value_or(BorderPlace{BufferPlace::Input, input}));
    }
    Operation *owner = buffer.getDefiningOp();
    StringRef place = owner->getAttrOfType<StringAttr>("place").getValue();
    unsigned output = 0;
    if (!place.consume_front("output ") || place.getAsInteger(10, output))
      return {BufferPlace::Arena, 0, SizeExpr::parse(place.str())};
    auto function = owner->getParentOfType<func::FuncOp>();
    return toBufferPlace(
        getResultPlace(function, output).value_or(BorderPlace{BufferPlace::Output, output}));
  }

  BufferArgument weightArgument(const KernelSpec &spec, int input, Value value) {
    BufferArgument argument;
    for (int64_t dim : packedShape(spec, input))
      argument.extents.insert(argument.extents.begin(), dim);
    argument.place = {BufferPlace::Weights, 0, addWeights(spec, input, constantOf(value))};
    return argument;
  }

  /// The offset of the packed weights; the same constant packed in the same way is there once.
  int64_t addWeights(const KernelSpec &spec, int input, cnn::Constant constant) {
    bool packed = spec.layouts[static_cast<size_t>(input)] == Layout::Packed;
    std::pair<const void *, std::string> key = {constant.getValue().getAsOpaquePointer(),
                                                packed ? spec.toText() : std::string()};
    auto [it, isNew] = weightOffsets.try_emplace(key, plan.weightBytes);
    if (isNew) {
      std::vector<float> storage;
      ArrayRef<float> values = cnn::getValues(constant.getValue(), storage);
      addBlock(packWeight(spec, input, values.data()));
    }
    return it->second;
  }

  /// The offset of numbers as they are.
  int64_t addValues(ElementsAttr attribute) {
    std::vector<float> storage;
    ArrayRef<float> values = cnn::getValues(attribute, storage);
    int64_t offset = plan.weightBytes;
    addBlock(values.vec());
    return offset;
  }

  void addBlock(std::vector<float> values) {
    auto block = std::make_shared<std::vector<float>>(std::move(values));
    int64_t bytes = static_cast<int64_t>(block->size() * sizeof(float));
    plan.weights.push_back({plan.weightBytes, block});
    plan.weightBytes += llvm::alignTo(bytes, 64);
  }

  /// What must hold for sizes known only at run time.
  void addChecks(Operation *op) {
    if (auto view = dyn_cast<kernel::ConcatView>(op))
      for (Value input : view.getInputs())
        addSameSizes(cnn::sizesOf(input), cnn::sizesOf(view.getResult()), /*axis=*/1);
    if (!isa<cnn::CNNDialect>(op->getDialect()) || op->getNumResults() != 1)
      return;
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    for (cnn::Size size : cnn::sizesOf(type))
      addCheck({toSizeExpr(size), 1, 1});
    if (auto reshape = dyn_cast<cnn::Reshape>(op))
      addEqual(elements(reshape.getInput()), elements(reshape.getResult()));
    if (auto slice = dyn_cast<cnn::Slice>(op))
      for (auto [size, end] : llvm::zip(cnn::sizesOf(slice.getInput()), slice.getEnds()))
        if (!cnn::known(size) && end != std::numeric_limits<int64_t>::max())
          addCheck({toSizeExpr(size), end, 1});
    if (auto pad = dyn_cast<cnn::Pad>(op))
      addBorderChecks(pad);
    for (Value operand : op->getOperands())
      if (auto concat = dyn_cast<cnn::Concat>(op))
        addSameSizes(cnn::sizesOf(operand), cnn::sizesOf(type), concat.getAxis());
      else if (op->hasTrait<cnn::Elementwise>())
        addSameSizes(cnn::sizesOf(operand), cnn::sizesOf(type));
      else if (isa<cnn::MatMul>(op))
        addSameSizes(ArrayRef<cnn::Size>(cnn::sizesOf(operand)).drop_back(2),
                     ArrayRef<cnn::Size>(cnn::sizesOf(type)).drop_back(2));
  }

  /// The dims of an operand must be those of the result, aligned at the last, but for `axis` and
  /// those that broadcast.
  void addSameSizes(ArrayRef<cnn::Size> operand, ArrayRef<cnn::Size> result, int64_t axis = -1) {
    size_t lead = result.size() - operand.size();
    for (auto [i, size] : llvm::enumerate(operand))
      if (static_cast<int64_t>(i) != axis && !cnn::known(size))
        addSameSize(size, result[lead + i]);
  }

  /// (a floordiv n) * n = a where a is a multiple of n, which makes the better message.
  void addSameSize(cnn::Size a, cnn::Size b) {
    for (auto [product, whole] : {std::pair(a, b), std::pair(b, a)})
      if (product.getKind() == AffineExprKind::Mul) {
        auto factors = cast<AffineBinaryOpExpr>(product);
        std::optional<int64_t> n = cnn::known(factors.getRHS());
        if (n && whole.floorDiv(*n) == factors.getLHS())
          return addCheck({toSizeExpr(whole), 1, *n});
      }
    addEqual(toSizeExpr(a), toSizeExpr(b));
  }

  /// A reflected or wrapped border must not be wider than what it repeats.
  void addBorderChecks(cnn::Pad pad) {
    if (pad.getMode() != "reflect" && pad.getMode() != "wrap")
      return;
    int64_t more = pad.getMode() == "reflect" ? 1 : 0;
    int64_t rank = pad.getInput().getType().getRank();
    for (auto [i, size] : llvm::enumerate(cnn::sizesOf(pad.getInput()))) {
      int64_t widest = std::max(pad.getPads()[i], pad.getPads()[i + rank]);
      addCheck({toSizeExpr(size), widest + more, 1});
    }
  }

  static SizeExpr elements(Value value) {
    SizeExpr n = 1;
    for (cnn::Size size : cnn::sizesOf(value))
      n = n * toSizeExpr(size);
    return n;
  }

  void addEqual(const SizeExpr &a, const SizeExpr &b) {
    if (a == b)
      return;
    addCheck({a - b, 0, 1});
    addCheck({b - a, 0, 1});
  }

  void addCheck(const SizeCheck &check) {
    if (check.value.isConstant())
      return;
    std::string key = check.value.toString() + " " + std::to_string(check.least) + " " +
                      check.multipleOf.toString();
    if (checksSeen.insert(key).second)
      plan.checks.push_back(check);
  }

  ModuleOp module;
  func::FuncOp network;
  NetworkPlan plan;
  FunctionPlan function; ///< The one being read.
  std::map<StringRef, int> kernelNumbers;
  std::map<std::pair<const void *, std::string>, int64_t> weightOffsets;
  std::set<std::string> sharedSeen, workerSeen, checksSeen;
};

} // namespace

NetworkPlan readPlan(ModuleOp module, const Target &target) {
  return PlanReader(module, target).read();
}

} // namespace cnnc
