#include "compiler/frontend/cnn/Functions.h"

#include "dialects/cnn/CNNDialect.h"
#include "dialects/cnn/Values.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace cnnc {

using Value = FailureOr<CallValue>;

//===-- Questions about a tensor --------------------------------------------===//

static FailureOr<RankedTensorType> tensorType(const CallArgument &argument) {
  if (mlir::Value tensor = argument.value.tensor())
    return cast<RankedTensorType>(tensor.getType());
  InFlightDiagnostic error = emitError(argument.location);
  if (const NameValue *name = argument.value.getIf<NameValue>())
    return std::move(error << "unknown name '" << name->text << "'" << name->hint);
  return std::move(error << "expected a tensor but this is " << describe(argument.value));
}

static Value sizeOfDim(const CallArgument &argument, int64_t dim, Location location) {
  FailureOr<RankedTensorType> type = tensorType(argument);
  if (failed(type))
    return failure();
  int64_t rank = type->getRank();
  if (dim < -rank || dim >= rank)
    return emitError(location) << "there is no dim " << dim << " in a tensor of " << rank
                               << " dims";
  return fromSize(cnn::sizesOf(*type)[dim < 0 ? dim + rank : dim]);
}

static Value batch(ArrayRef<CallArgument> arguments, OpBuilder &, Location location) {
  return sizeOfDim(arguments[0], 0, location);
}

static Value channels(ArrayRef<CallArgument> arguments, OpBuilder &, Location location) {
  return sizeOfDim(arguments[0], 1, location);
}

static Value rank(ArrayRef<CallArgument> arguments, OpBuilder &, Location) {
  FailureOr<RankedTensorType> type = tensorType(arguments[0]);
  if (failed(type))
    return failure();
  return CallValue(type->getRank());
}

static Value size(ArrayRef<CallArgument> arguments, OpBuilder &, Location location) {
  const int64_t *dim = arguments[1].value.getIf<int64_t>();
  if (!dim)
    return emitError(arguments[1].location)
           << "expected the number of a dim but this is " << describe(arguments[1].value);
  return sizeOfDim(arguments[0], *dim, location);
}

//===-- Tensors written out -------------------------------------------------===//

/// Appends the numbers of a list, nested as deep as `shape` has dims, which grows on the way down
/// along the first elements.
static LogicalResult flatten(const CallValue &value, size_t depth, SmallVector<int64_t> &shape,
                             std::vector<float> &numbers, Location location) {
  const ListValue *list = value.getIf<ListValue>();
  if (!list) {
    if (!value.isNumber() || depth != shape.size())
      return emitError(location)
             << "a tensor is written as a list of numbers, or of equal lists, but "
             << "here is " << describe(value);
    numbers.push_back(static_cast<float>(value.toDouble()));
    return success();
  }
  auto length = static_cast<int64_t>(list->elements.size());
  if (depth == shape.size() && numbers.empty())
    shape.push_back(length);
  if (depth >= shape.size() || shape[depth] != length || length == 0 || shape.size() > 6)
    return emitError(location) << "the lists of a tensor are equally long and at most 6 deep, but "
                               << "here is " << describe(value);
  for (const CallValue &element : list->elements)
    if (failed(flatten(element, depth + 1, shape, numbers, location)))
      return failure();
  return success();
}

static Value tensor(ArrayRef<CallArgument> arguments, OpBuilder &builder, Location location) {
  SmallVector<int64_t> shape;
  std::vector<float> numbers;
  if (failed(flatten(arguments[0].value, 0, shape, numbers, arguments[0].location)))
    return failure();
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  ElementsAttr values = cnn::makeValues(type, std::move(numbers), "tensor");
  return CallValue(mlir::Value(cnn::Constant::create(builder, location, values, StringAttr())));
}

//===-- The table -----------------------------------------------------------===//

static const Function functions[] = {
    {"batch", 1, "batch(x)", batch},
    {"channels", 1, "channels(x)", channels},
    {"rank", 1, "rank(x)", rank},
    {"size", 2, "size(x, dim)", size},
    {"tensor", 1, "tensor([[1, 2], [3, 4]])", tensor},
};

const Function *findFunction(StringRef name) {
  auto *it = llvm::find_if(functions, [&](const Function &f) { return f.name == name; });
  return it == std::end(functions) ? nullptr : it;
}

std::vector<std::string> functionNames() {
  std::vector<std::string> names;
  for (const Function &function : functions)
    names.push_back(function.name.str());
  return names;
}

FailureOr<CallValue> callFunction(const Function &function, ArrayRef<CallArgument> arguments,
                                  OpBuilder &builder, Location location) {
  if (static_cast<int>(arguments.size()) != function.numArguments)
    return emitError(location) << function.name << " takes " << function.numArguments
                               << (function.numArguments == 1 ? " argument" : " arguments")
                               << " but is given " << arguments.size() << ": "
                               << function.signature;
  for (const CallArgument &argument : arguments)
    if (!argument.name.empty())
      return emitError(argument.location)
             << function.name << " takes no named arguments: " << function.signature;
  return function.evaluate(arguments, builder, location);
}

} // namespace cnnc
