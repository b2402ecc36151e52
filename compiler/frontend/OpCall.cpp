// A call becomes an op in these steps:
// 1. sort what is given into tensors and arguments;
// 2. turn the arguments into attributes (Arguments.h);
// 3. make the parameters that a layer is not given;
// 4. check the tensors, infer the result, build the op, verify it.
#include "compiler/frontend/OpCall.h"

#include "compiler/support/Spelling.h"
#include "dialects/cnn/Initializers.h"

#include "mlir/IR/Verifier.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace cnnc {

Value buildScalar(OpBuilder &builder, Location location, double number, Type elementType) {
  auto type = RankedTensorType::get({}, elementType);
  auto value = DenseElementsAttr::get(type, builder.getFloatAttr(elementType, number));
  return cnn::Constant::create(builder, location, value, StringAttr());
}

namespace {
class OpCallBuilder {
public:
  OpCallBuilder(const OpCall &call, const CallContext &context)
      : call(call), word(call.word), context(context), builder(context.builder),
        location(call.location) {}

  FailureOr<Value> run();

private:
  LogicalResult sortArguments();
  LogicalResult takeByPosition(const CallArgument &argument, size_t &operand, size_t &position);
  LogicalResult takeByName(const CallArgument &argument);
  bool takesTensor(const WordOperand &operand, const CallValue &value) const;
  LogicalResult setArgument(StringRef name, const CallArgument &argument);
  InFlightDiagnostic unknownArgument(const CallArgument &argument) const;

  LogicalResult checkOperandsComplete() const;
  LogicalResult fillScalars();
  LogicalResult checkOperand(const WordOperand &operand, Value value) const;
  std::optional<SmallVector<int64_t>> givenKernel() const;
  LogicalResult makeParameters(DictionaryAttr arguments);
  FailureOr<RankedTensorType> inferType(const CallAttributes &attributes);
  FailureOr<Value> create(const CallAttributes &attributes, RankedTensorType type);
  RankedTensorType inputType() const { return cast<RankedTensorType>(operands[0][0].getType()); }
  SmallVector<Value> allOperands() const;
  bool parametersGiven() const;

  const OpCall &call;
  const Word &word;
  const CallContext &context;
  OpBuilder &builder;
  Location location; ///< Of the op: that of the call, under the name of the layer.
  std::vector<SmallVector<Value>> operands;   ///< Per operand of the word.
  std::vector<std::optional<double>> scalars; ///< Numbers given where a tensor is expected.
  std::map<std::string, const CallArgument *> given;
};
} // namespace

//===-- 1. What is given ----------------------------------------------------===//

bool OpCallBuilder::takesTensor(const WordOperand &operand, const CallValue &value) const {
  if (value.tensor())
    return true;
  // A number is a tensor where two are needed: sub(x, 127), sub(1, x).
  return value.isNumber() && word.operands.size() == 2 && !operand.isParameter &&
         !operand.isOptional;
}

LogicalResult OpCallBuilder::setArgument(StringRef name, const CallArgument &argument) {
  if (given.try_emplace(name.str(), &argument).second)
    return success();
  return emitError(argument.whole) << name << " is given twice";
}

LogicalResult OpCallBuilder::takeByPosition(const CallArgument &argument, size_t &operand,
                                            size_t &position) {
  if (operand < operands.size() && takesTensor(word.operands[operand], argument.value)) {
    if (Value tensor = argument.value.tensor())
      operands[operand].push_back(tensor);
    else
      scalars[operand] = argument.value.toDouble();
    if (!word.operands[operand].isVariadic)
      ++operand;
    return success();
  }
  if (argument.value.tensor())
    return emitError(argument.location)
           << "more tensors than " << word.name << " takes: " << word.signature();
  const NameValue *name = argument.value.getIf<NameValue>();
  bool lacksTensor =
      operand < operands.size() && operands[operand].empty() && !word.operands[operand].isParameter;
  if (name && (lacksTensor || position == word.arguments.size()))
    return emitError(argument.location) << "unknown name '" << name->text << "'" << name->hint;
  if (position == word.arguments.size())
    return emitError(argument.location)
           << "more arguments than " << word.name << " takes: " << word.signature();
  operand = std::max<size_t>(operand, 1);
  return setArgument(word.arguments[position++].name, argument);
}

InFlightDiagnostic OpCallBuilder::unknownArgument(const CallArgument &argument) const {
  std::vector<std::string> names;
  for (const WordArgument &known : word.arguments)
    names.push_back(known.name.str());
  return emitError(argument.whole) << word.name << " has no argument '" << argument.name << "'"
                                   << suggestion(argument.name, names);
}

LogicalResult OpCallBuilder::takeByName(const CallArgument &argument) {
  const WordOperand *operand = word.findOperand(argument.name);
  bool isArgument = word.findArgument(argument.name);
  if (operand && (argument.value.tensor() || !isArgument)) {
    size_t index = operand - word.operands.begin();
    if (!operands[index].empty() || scalars[index])
      return emitError(argument.whole) << argument.name << " is given twice";
    if (!takesTensor(*operand, argument.value))
      return emitError(argument.location)
             << argument.name << " must be a tensor but is " << describe(argument.value);
    if (Value tensor = argument.value.tensor())
      operands[index].push_back(tensor);
    else
      scalars[index] = argument.value.toDouble();
    return success();
  }
  if (!isArgument)
    return unknownArgument(argument);
  return setArgument(argument.name, argument);
}

LogicalResult OpCallBuilder::sortArguments() {
  operands.resize(word.operands.size());
  scalars.resize(word.operands.size());
  size_t operand = 0, position = 0;
  bool named = false;
  for (const CallArgument &argument : call.arguments) {
    named |= !argument.name.empty();
    if (named && argument.name.empty() && !argument.value.tensor())
      return emitError(argument.location)
             << "arguments without a name come before those with one: " << word.signature();
    if (failed(argument.name.empty() ? takeByPosition(argument, operand, position)
                                     : takeByName(argument)))
      return failure();
  }
  return success();
}

//===-- Tensors -------------------------------------------------------------===//

bool OpCallBuilder::parametersGiven() const {
  for (auto [operand, values] : llvm::zip_equal(word.operands, operands))
    if (operand.isParameter && !values.empty())
      return true;
  return false;
}

LogicalResult OpCallBuilder::checkOperandsComplete() const {
  bool given = parametersGiven();
  for (auto [i, operand] : llvm::enumerate(word.operands)) {
    if (!operands[i].empty() || scalars[i] || operand.isOptional || (operand.isParameter && !given))
      continue;
    if (i == 0)
      return emitError(call.location) << word.name << " needs a tensor to work on: write x -> "
                                      << word.name << "(...), or " << word.signature();
    return emitError(call.location)
           << word.name << " needs a tensor " << operand.name << " beside those that are given";
  }
  return success();
}

/// Numbers that stand for tensors get the element type of the tensor beside them.
LogicalResult OpCallBuilder::fillScalars() {
  SmallVector<Value> tensors = allOperands();
  if (tensors.empty())
    return emitError(call.location) << word.name << " needs a tensor: " << word.signature();
  Type elementType = cast<RankedTensorType>(tensors.front().getType()).getElementType();
  for (auto [i, scalar] : llvm::enumerate(scalars)) {
    if (!scalar)
      continue;
    if (!isa<FloatType>(elementType))
      return checkOperand(word.operands[i], tensors.front());
    operands[i].push_back(buildScalar(builder, call.location, *scalar, elementType));
  }
  return success();
}

LogicalResult OpCallBuilder::checkOperand(const WordOperand &operand, Value value) const {
  auto type = cast<RankedTensorType>(value.getType());
  if (operand.isFloat && !isa<FloatType>(type.getElementType()))
    return emitError(call.location)
           << word.name << " computes with floats but its " << operand.name << " holds "
           << elementTypeName(type.getElementType()) << "; cast it first: cast(f32)";
  if (operand.rank >= 0 && type.getRank() != operand.rank)
    return emitError(call.location)
           << operand.name << " must have " << operand.rank << " dims but has " << type.getRank();
  Type first = cast<RankedTensorType>(allOperands().front().getType()).getElementType();
  // Labels are integers beside floats; the op knows whether it takes such.
  bool mayDiffer = !operand.isFloat && !operand.isVariadic && &operand != &word.operands.front() &&
                   !isa<FloatType>(type.getElementType());
  if (type.getElementType() != first && !mayDiffer)
    return emitError(call.location)
           << operand.name << " holds " << elementTypeName(type.getElementType())
           << " but the first tensor holds " << elementTypeName(first);
  return success();
}

SmallVector<Value> OpCallBuilder::allOperands() const {
  SmallVector<Value> all;
  for (const SmallVector<Value> &values : operands)
    all.append(values);
  return all;
}

/// The window of a filter that is given as a tensor; empty for other parameters; none for none.
std::optional<SmallVector<int64_t>> OpCallBuilder::givenKernel() const {
  if (!parametersGiven())
    return std::nullopt;
  ArrayRef<int64_t> shape = cast<RankedTensorType>(operands[1][0].getType()).getShape();
  return SmallVector<int64_t>(shape.drop_front(std::min<size_t>(2, shape.size())));
}

//===-- 3. Parameters -------------------------------------------------------===//

LogicalResult OpCallBuilder::makeParameters(DictionaryAttr arguments) {
  MLIRContext *mlir = builder.getContext();
  auto op = RegisteredOperationName::lookup(("cnn." + word.name).str(), mlir);
  auto *layer = op->getInterface<cnn::Layer>();
  auto error = [&] { return emitError(call.location); };
  FailureOr<SmallVector<cnn::Parameter>> parameters =
      layer->inferParameters(inputType(), arguments, error);
  if (failed(parameters))
    return failure();
  FailureOr<std::string> path = context.claimPath();
  if (failed(path))
    return failure();
  location = NameLoc::get(builder.getStringAttr(*path), call.location);
  for (auto [i, parameter] : llvm::enumerate(*parameters)) {
    std::string name = *path + "." + parameter.name.str();
    FailureOr<ElementsAttr> values = context.weights.get(mlir, name, parameter, error);
    if (failed(values))
      return failure();
    DictionaryAttr initializer =
        context.weights.areSeeded() ? cnn::initializerAttribute(mlir, parameter) : DictionaryAttr();
    operands[i + 1].push_back(cnn::Constant::create(builder, call.location, *values,
                                                    builder.getStringAttr(name), initializer,
                                                    /*frozen=*/false));
  }
  return success();
}

//===-- 4. The op -----------------------------------------------------------===//

FailureOr<RankedTensorType> OpCallBuilder::inferType(const CallAttributes &attributes) {
  if (attributes.shape)
    return cnn::tensorOf(*attributes.shape, inputType().getElementType());
  if (attributes.elementType)
    return cnn::tensorOf(cnn::sizesOf(inputType()), attributes.elementType);
  MLIRContext *mlir = builder.getContext();
  auto op = RegisteredOperationName::lookup(("cnn." + word.name).str(), mlir);
  auto *inference = op->getInterface<InferTypeOpInterface>();
  assert(inference && "an op without shape inference says its result's shape or type");
  DictionaryAttr dictionary = builder.getDictionaryAttr(attributes.attributes);
  // The op's properties, before there is an op.
  size_t bytes = op->getOpPropertyByteSize();
  std::vector<std::max_align_t> memory(bytes / sizeof(std::max_align_t) + 1);
  OpaqueProperties properties(bytes == 0 ? nullptr : memory.data());
  if (bytes > 0)
    op->initOpProperties(properties, OpaqueProperties(nullptr));
  llvm::scope_exit destroy([&] {
    if (bytes > 0)
      op->destroyOpProperties(properties);
  });
  auto error = [&] { return emitError(call.location); };
  if (bytes > 0 && failed(op->setOpPropertiesFromAttribute(*op, properties, dictionary, error)))
    return failure();
  SmallVector<Type> types;
  if (failed(inference->inferReturnTypes(mlir, call.location, allOperands(), dictionary, properties,
                                         {}, types)))
    return failure();
  return cast<RankedTensorType>(types.front());
}

FailureOr<Value> OpCallBuilder::create(const CallAttributes &attributes, RankedTensorType type) {
  if (type.getRank() > 6)
    return emitError(call.location)
           << "the result would have " << type.getRank() << " dims but tensors have 6 at most";
  OperationState state(location, ("cnn." + word.name).str());
  state.addOperands(allOperands());
  state.addAttributes(attributes.attributes);
  state.addTypes(type);
  Operation *op = builder.create(state);
  if (succeeded(verify(op)))
    return op->getResult(0);
  op->erase();
  return failure();
}

FailureOr<Value> OpCallBuilder::run() {
  if (failed(sortArguments()) || failed(checkOperandsComplete()) || failed(fillScalars()))
    return failure();
  for (auto [operand, values] : llvm::zip_equal(word.operands, operands))
    for (Value value : values)
      if (failed(checkOperand(operand, value)))
        return failure();
  std::optional<SmallVector<int64_t>> kernel = givenKernel();
  FailureOr<CallAttributes> attributes =
      makeAttributes(word, inputType(), given, kernel, call.location);
  if (failed(attributes) ||
      (word.isLayer() && !kernel && failed(makeParameters(attributes->arguments))))
    return failure();
  FailureOr<RankedTensorType> type = inferType(*attributes);
  if (failed(type))
    return failure();
  return create(*attributes, *type);
}

FailureOr<Value> buildOp(const OpCall &call, const CallContext &context) {
  return OpCallBuilder(call, context).run();
}

} // namespace cnnc
