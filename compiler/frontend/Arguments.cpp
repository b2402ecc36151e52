#include "compiler/frontend/Arguments.h"

#include "compiler/support/Spelling.h"
#include "dialects/cnn/Initializers.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/OperationSupport.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace cnnc {

using Integers = SmallVector<int64_t>;

// Numbers in calls stay below 2^31, as tensors do: sums and products of two never overflow.
static constexpr int64_t mostInteger = (int64_t(1) << 31) - 1;

static StringRef whatIsExpected(ArgumentKind kind) {
  switch (kind) {
  case ArgumentKind::Int:
    return "a whole number";
  case ArgumentKind::Float:
    return "a number";
  case ArgumentKind::Flag:
    return "yes or no";
  case ArgumentKind::Name:
    return "a name";
  case ArgumentKind::Ints:
    return "a list of whole numbers such as [1, 2]";
  case ArgumentKind::PerDim:
    return "a number for all spatial dims, or one for each as in 3x3";
  case ArgumentKind::Padding:
    return "a number, one for each side as in [1, 1, 2, 2], or same, same_lower, valid or full";
  case ArgumentKind::Dim:
    return "the number of a dim";
  case ArgumentKind::Dims:
    return "the number of a dim, or a list of them";
  case ArgumentKind::Init:
    return "an initializer such as he_normal, or a number for all elements";
  case ArgumentKind::Type:
    return "an element type such as f32 or u8";
  case ArgumentKind::Shape:
    return "a list of sizes such as [1, 10]";
  }
  llvm_unreachable("unknown kind");
}

namespace {
/// The arguments of one call on their way to attributes.
class Normaliser {
public:
  Normaliser(const Word &word, RankedTensorType input,
             const std::map<std::string, const CallArgument *> &given,
             std::optional<ArrayRef<int64_t>> kernel, Location location)
      : word(word), input(input), given(given), kernel(kernel), location(location),
        builder(input.getContext()) {}

  FailureOr<CallAttributes> run();

private:
  LogicalResult add(const WordArgument &argument, CallAttributes &result);
  FailureOr<CallValue> valueOf(const WordArgument &argument);
  FailureOr<Attribute> attributeOf(const WordArgument &argument);
  Location locationOf(const WordArgument &argument) const;
  InFlightDiagnostic expected(const WordArgument &argument, const CallValue &value) const;

  FailureOr<int64_t> integer(const WordArgument &argument, const CallValue &value) const;
  FailureOr<Integers> integers(const WordArgument &argument, const CallValue &value) const;
  FailureOr<size_t> numSpatial() const;
  FailureOr<Integers> perDim(const WordArgument &argument, const CallValue &value) const;
  FailureOr<Integers> perDimNamed(StringRef name);
  FailureOr<int64_t> dim(const WordArgument &argument, int64_t number) const;
  FailureOr<Integers> dims(const WordArgument &argument, const CallValue &value) const;
  FailureOr<Attribute> initializer(const WordArgument &argument, const CallValue &value);
  LogicalResult addPadding(const WordArgument &argument, CallAttributes &result);
  FailureOr<Integers> namedPadding(const WordArgument &argument, const NameValue &name);
  LogicalResult addType(const WordArgument &argument, CallAttributes &result);
  LogicalResult addShape(const WordArgument &argument, CallAttributes &result);
  FailureOr<cnn::Size> remainingSize(ArrayRef<cnn::Size> others, Location where) const;

  const Word &word;
  RankedTensorType input;
  const std::map<std::string, const CallArgument *> &given;
  std::optional<ArrayRef<int64_t>> kernel;
  Location location;
  Builder builder;
  SmallVector<NamedAttribute> forParameters;
};
} // namespace

Location Normaliser::locationOf(const WordArgument &argument) const {
  auto it = given.find(argument.name.str());
  return it == given.end() ? location : it->second->location;
}

bool becomesAttribute(const Word &word, const WordArgument &argument, MLIRContext *context) {
  OperationName op(("cnn." + word.name).str(), context);
  return llvm::any_of(op.getAttributeNames(),
                      [&](StringAttr name) { return name == argument.attribute; });
}

InFlightDiagnostic Normaliser::expected(const WordArgument &argument,
                                        const CallValue &value) const {
  InFlightDiagnostic error = emitError(locationOf(argument));
  if (const NameValue *name = value.getIf<NameValue>(); name && !name->hint.empty())
    return std::move(error << "unknown name '" << name->text << "'" << name->hint);
  error << argument.name << " must be " << whatIsExpected(argument.kind) << " but is "
        << describe(value);
  return error;
}

/// The value that is given, or else the fallback's.
FailureOr<CallValue> Normaliser::valueOf(const WordArgument &argument) {
  if (auto it = given.find(argument.name.str()); it != given.end())
    return it->second->value;
  StringRef text = argument.fallback;
  if (text.empty())
    return emitError(location) << word.name << " needs " << argument.name << ": "
                               << word.signature();
  if (const WordArgument *other = word.findArgument(text))
    return valueOf(*other);
  int64_t whole;
  double fraction;
  if (!text.getAsInteger(10, whole))
    return CallValue(whole);
  if (!text.getAsDouble(fraction))
    return CallValue(fraction);
  if (text == "yes" || text == "no")
    return CallValue(text == "yes");
  return CallValue(NameValue{text.str(), ""});
}

//===-- Numbers -------------------------------------------------------------===//

FailureOr<int64_t> Normaliser::integer(const WordArgument &argument, const CallValue &value) const {
  const int64_t *number = value.getIf<int64_t>();
  if (!number && value.getIf<double>())
    return expected(argument, value) << "; // divides rounding down";
  if (!number)
    return expected(argument, value);
  if (std::abs(*number) > mostInteger)
    return emitError(locationOf(argument))
           << argument.name << " is " << *number << " but must be at most " << mostInteger;
  return *number;
}

/// A list, or a single number as a list of one.
FailureOr<Integers> Normaliser::integers(const WordArgument &argument,
                                         const CallValue &value) const {
  Integers numbers;
  const ListValue *list = value.getIf<ListValue>();
  for (const CallValue &element :
       list ? ArrayRef<CallValue>(list->elements) : ArrayRef<CallValue>(value)) {
    FailureOr<int64_t> number = integer(argument, element);
    if (failed(number))
      return failure();
    numbers.push_back(*number);
  }
  return numbers;
}

FailureOr<size_t> Normaliser::numSpatial() const {
  if (input.getRank() < 3)
    return emitError(location)
           << word.name << " needs a tensor with batch, channels and space, but its input has "
           << input.getRank() << " dims";
  return input.getRank() - 2;
}

FailureOr<Integers> Normaliser::perDim(const WordArgument &argument, const CallValue &value) const {
  FailureOr<size_t> count = numSpatial();
  if (failed(count))
    return failure();
  FailureOr<Integers> numbers = integers(argument, value);
  if (failed(numbers))
    return failure();
  if (!value.getIf<ListValue>())
    numbers->assign(*count, numbers->front());
  if (numbers->size() != *count)
    return emitError(locationOf(argument))
           << argument.name << " has " << numbers->size() << " numbers but the input has " << *count
           << " spatial dims";
  // What is 0 where nothing is given may be 0.
  int64_t least = argument.fallback == "0" ? 0 : 1;
  for (int64_t number : *numbers)
    if (number < least)
      return emitError(locationOf(argument))
             << argument.name << " must be at least " << least << " but is " << number;
  return numbers;
}

/// The argument of that name of a window op, one number per spatial dim.
FailureOr<Integers> Normaliser::perDimNamed(StringRef name) {
  if (name == "kernel" && kernel)
    return Integers(*kernel);
  const WordArgument *argument = word.findArgument(name);
  assert(argument && "padding goes with kernel, stride and dilation");
  FailureOr<CallValue> value = valueOf(*argument);
  if (failed(value))
    return failure();
  return perDim(*argument, *value);
}

//===-- Dims ----------------------------------------------------------------===//

FailureOr<int64_t> Normaliser::dim(const WordArgument &argument, int64_t number) const {
  int64_t rank = input.getRank();
  if (number >= -rank && number < rank)
    return number < 0 ? number + rank : number;
  return emitError(locationOf(argument))
         << argument.name << " is " << number << " but the input has " << rank << " dims";
}

FailureOr<Integers> Normaliser::dims(const WordArgument &argument, const CallValue &value) const {
  FailureOr<Integers> numbers = integers(argument, value);
  if (failed(numbers))
    return failure();
  for (int64_t &number : *numbers) {
    FailureOr<int64_t> counted = dim(argument, number);
    if (failed(counted))
      return failure();
    number = *counted;
  }
  llvm::sort(*numbers);
  if (std::unique(numbers->begin(), numbers->end()) != numbers->end())
    return emitError(locationOf(argument)) << argument.name << " names a dim twice";
  return numbers;
}

//===-- Padding -------------------------------------------------------------===//

/// The symmetric numbers of `full`, or of `same` without a stride: the odd element at the end.
static Integers padAll(ArrayRef<int64_t> totals, bool oddAtBegin) {
  Integers begins, ends;
  for (int64_t total : totals) {
    int64_t less = total / 2, more = total - less;
    begins.push_back(oddAtBegin ? more : less);
    ends.push_back(oddAtBegin ? less : more);
  }
  begins.append(ends);
  return begins;
}

FailureOr<Integers> Normaliser::namedPadding(const WordArgument &argument, const NameValue &name) {
  FailureOr<Integers> window = perDimNamed("kernel"), dilations = perDimNamed("dilation");
  if (failed(window) || failed(dilations))
    return failure();
  Integers reach;
  for (auto [size, dilation] : llvm::zip_equal(*window, *dilations))
    reach.push_back((size - 1) * dilation);
  if (name.text == "valid")
    return Integers(2 * reach.size(), 0);
  if (name.text == "full") {
    Integers both = reach;
    both.append(reach);
    return both;
  }
  if (name.text == "same" || name.text == "same_lower")
    return padAll(reach, name.text == "same_lower");
  std::string nearest = nearestName(name.text, {"same", "same_lower", "valid", "full"});
  InFlightDiagnostic error = expected(argument, NameValue{name.text, ""});
  if (!nearest.empty())
    error << "; did you mean '" << nearest << "'?";
  return error;
}

LogicalResult Normaliser::addPadding(const WordArgument &argument, CallAttributes &result) {
  FailureOr<CallValue> value = valueOf(argument);
  FailureOr<size_t> count = numSpatial();
  if (failed(value) || failed(count))
    return failure();
  FailureOr<Integers> pads;
  StringRef automatic = "explicit";
  if (const NameValue *name = value->getIf<NameValue>()) {
    pads = namedPadding(argument, *name);
    FailureOr<Integers> strides = perDimNamed("stride");
    if (failed(pads) || failed(strides))
      return failure();
    bool isStrided = llvm::any_of(*strides, [](int64_t stride) { return stride != 1; });
    // Under a stride the amount follows from the input's size.
    if (isStrided && StringRef(name->text).starts_with("same")) {
      automatic = name->text == "same" ? "same" : "same_lower";
      pads->assign(2 * *count, 0);
    }
  } else {
    pads = integers(argument, *value);
    if (failed(pads))
      return failure();
    if (!value->getIf<ListValue>())
      pads->assign(2 * *count, pads->front());
    else if (pads->size() == *count)
      pads->append(Integers(*pads));
  }
  if (pads->size() != 2 * *count)
    return emitError(locationOf(argument))
           << argument.name << " has " << pads->size() << " numbers but the input's " << *count
           << " spatial dims call for " << *count << ", or " << 2 * *count
           << " (begins, then ends)";
  for (int64_t pad : *pads)
    if (pad < 0)
      return emitError(locationOf(argument))
             << argument.name << " must not be negative but is " << pad;
  result.attributes.push_back(
      builder.getNamedAttr(argument.attribute, builder.getDenseI64ArrayAttr(*pads)));
  result.attributes.push_back(builder.getNamedAttr("auto_pad", builder.getStringAttr(automatic)));
  return success();
}

//===-- Results -------------------------------------------------------------===//

LogicalResult Normaliser::addType(const WordArgument &argument, CallAttributes &result) {
  FailureOr<CallValue> value = valueOf(argument);
  if (failed(value))
    return failure();
  const NameValue *name = value->getIf<NameValue>();
  if (!name)
    return expected(argument, *value);
  result.elementType = elementTypeNamed(input.getContext(), name->text);
  if (result.elementType)
    return success();
  return emitError(locationOf(argument)) << "unknown element type '" << name->text << "'"
                                         << suggestion(name->text, elementTypeNames());
}

/// What -1 stands for in a shape: the input's elements over those of the other dims. Sizes known
/// only at run time must appear among the others as they do in the input, or not at all.
FailureOr<cnn::Size> Normaliser::remainingSize(ArrayRef<cnn::Size> others, Location where) const {
  SmallVector<cnn::Size> left = cnn::sizesOf(input);
  int64_t divisor = 1;
  for (cnn::Size other : others) {
    if (cnn::Size *same = llvm::find(left, other); same != left.end())
      left.erase(same);
    else if (std::optional<int64_t> number = cnn::known(other); number && *number > 0)
      divisor *= std::min(*number, mostInteger / divisor + 1);
    else
      return emitError(where)
             << "the size of -1 can not be told: the other sizes must be numbers, or "
                "sizes of the input";
  }
  cnn::Size rest = getAffineConstantExpr(1, input.getContext());
  int64_t numbers = 1;
  for (cnn::Size size : left)
    if (std::optional<int64_t> number = cnn::known(size))
      numbers *= std::min(*number, mostInteger / std::max<int64_t>(numbers, 1) + 1);
    else
      rest = rest * size;
  if (numbers % divisor != 0)
    return emitError(where) << "the size of -1 can not be told: " << numbers
                            << " elements do not divide by " << divisor;
  return rest * (numbers / divisor);
}

LogicalResult Normaliser::addShape(const WordArgument &argument, CallAttributes &result) {
  FailureOr<CallValue> value = valueOf(argument);
  if (failed(value))
    return failure();
  const ListValue *list = value->getIf<ListValue>();
  if (!list)
    return expected(argument, *value);
  SmallVector<cnn::Size> sizes, others;
  cnn::Size *open = nullptr;
  sizes.reserve(list->elements.size());
  for (const CallValue &element : list->elements) {
    if (const cnn::Size *size = element.getIf<cnn::Size>()) {
      sizes.push_back(*size);
      others.push_back(*size);
      continue;
    }
    FailureOr<int64_t> number = integer(argument, element);
    if (failed(number))
      return failure();
    if (*number < 1 && (*number != -1 || open))
      return emitError(locationOf(argument))
             << argument.name << " has the size " << *number
             << " but sizes are at least 1, one of them may be -1 for whatever remains";
    sizes.push_back(getAffineConstantExpr(*number, input.getContext()));
    if (*number == -1)
      open = &sizes.back();
    else
      others.push_back(sizes.back());
  }
  if (open) {
    FailureOr<cnn::Size> rest = remainingSize(others, locationOf(argument));
    if (failed(rest))
      return failure();
    *open = *rest;
  }
  result.shape = std::move(sizes);
  return success();
}

//===-- Initializers --------------------------------------------------------===//

FailureOr<Attribute> Normaliser::initializer(const WordArgument &argument, const CallValue &value) {
  if (value.isNumber())
    return Attribute(builder.getF64FloatAttr(value.toDouble()));
  const NameValue *name = value.getIf<NameValue>();
  if (!name)
    return expected(argument, value);
  // `constant` needs its number, which is written in its place.
  std::vector<std::string> names = cnn::initializerNames();
  llvm::erase(names, "constant");
  if (!llvm::is_contained(names, name->text))
    return emitError(locationOf(argument))
           << "unknown initializer '" << name->text << "'" << suggestion(name->text, names);
  return Attribute(builder.getStringAttr(name->text));
}

//===-- All together --------------------------------------------------------===//

FailureOr<Attribute> Normaliser::attributeOf(const WordArgument &argument) {
  FailureOr<CallValue> value = valueOf(argument);
  if (failed(value))
    return failure();
  FailureOr<Integers> list = Integers();
  switch (argument.kind) {
  case ArgumentKind::Int:
  case ArgumentKind::Dim: {
    FailureOr<int64_t> number = integer(argument, *value);
    if (succeeded(number) && argument.kind == ArgumentKind::Dim)
      number = dim(argument, *number);
    if (failed(number))
      return failure();
    return Attribute(builder.getI64IntegerAttr(*number));
  }
  case ArgumentKind::Float:
    if (!value->isNumber())
      return expected(argument, *value);
    return Attribute(builder.getF64FloatAttr(value->toDouble()));
  case ArgumentKind::Flag:
    if (!value->getIf<bool>())
      return expected(argument, *value);
    return Attribute(builder.getBoolAttr(*value->getIf<bool>()));
  case ArgumentKind::Name:
    if (!value->getIf<NameValue>())
      return expected(argument, *value);
    return Attribute(builder.getStringAttr(value->getIf<NameValue>()->text));
  case ArgumentKind::Init:
    return initializer(argument, *value);
  case ArgumentKind::Ints:
    list = integers(argument, *value);
    break;
  case ArgumentKind::Dims:
    list = dims(argument, *value);
    break;
  default:
    list = perDim(argument, *value);
  }
  if (failed(list))
    return failure();
  return Attribute(builder.getDenseI64ArrayAttr(*list));
}

LogicalResult Normaliser::add(const WordArgument &argument, CallAttributes &result) {
  if (argument.kind == ArgumentKind::Padding)
    return addPadding(argument, result);
  if (argument.kind == ArgumentKind::Type)
    return addType(argument, result);
  if (argument.kind == ArgumentKind::Shape)
    return addShape(argument, result);
  bool isAttribute = becomesAttribute(word, argument, input.getContext());
  if (kernel && !isAttribute) {
    if (given.count(argument.name.str()))
      return emitError(locationOf(argument))
             << argument.name << " follows from the parameters that are given; leave it out";
    return success();
  }
  FailureOr<Attribute> attribute = attributeOf(argument);
  if (failed(attribute))
    return failure();
  forParameters.push_back(builder.getNamedAttr(argument.name, *attribute));
  if (isAttribute)
    result.attributes.push_back(builder.getNamedAttr(argument.attribute, *attribute));
  return success();
}

FailureOr<CallAttributes> Normaliser::run() {
  CallAttributes result;
  for (const WordArgument &argument : word.arguments)
    if (failed(add(argument, result)))
      return failure();
  result.arguments = builder.getDictionaryAttr(forParameters);
  return result;
}

FailureOr<CallAttributes> makeAttributes(const Word &word, RankedTensorType input,
                                         const std::map<std::string, const CallArgument *> &given,
                                         std::optional<ArrayRef<int64_t>> kernel,
                                         Location location) {
  return Normaliser(word, input, given, kernel, location).run();
}

} // namespace cnnc
