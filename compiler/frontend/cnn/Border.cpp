#include "compiler/frontend/cnn/Border.h"

#include "compiler/support/Spelling.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace cnnc::syntax;

namespace cnnc {

//===-- Named sizes ---------------------------------------------------------===//

// What schedules are chosen for where the file does not say: pictures of a common size.
static constexpr int64_t typicalSpace = 224;
// Tensors are indexed with 32 bits.
static constexpr int64_t mostSize = (int64_t(1) << 31) - 1;

static LogicalResult checkNames(const std::map<std::string, int64_t> &given,
                                const std::vector<std::string> &known, StringRef what,
                                Location location) {
  for (const auto &[name, size] : given) {
    if (!llvm::is_contained(known, name))
      return emitError(location) << what << " is given for '" << name
                                 << "', which is no size of the network" << suggestion(name, known);
    if (size < 1 || size > mostSize)
      return emitError(location) << what << " " << name << " = " << size << " must be from 1 to "
                                 << mostSize;
  }
  return success();
}

static std::string rename(const std::string &name, const ReadOptions &options) {
  auto it = options.renames.find(name);
  return it == options.renames.end() ? name : it->second;
}

static LogicalResult checkRenames(const ReadOptions &options,
                                  const std::vector<std::string> &inFile, Location location) {
  for (const auto &[from, to] : options.renames)
    if (!llvm::is_contained(inFile, from))
      return emitError(location) << "'" << from << "' is to be called '" << to
                                 << "' but is no size of the network" << suggestion(from, inFile);
  return success();
}

/// A dim that only names its size: N, H ~ 224.
static bool isNamedSize(const Dim &dim) {
  return !dim.name.empty() && !dim.size && dim.name != "_";
}

namespace {
/// A size that the inputs name, as first written.
struct SizeInFile {
  std::string name;
  int64_t typical;
};
} // namespace

static FailureOr<std::vector<SizeInFile>> sizesInFile(const syntax::Network &network,
                                                      int64_t typicalBatch) {
  std::vector<SizeInFile> sizes;
  std::vector<std::string> numbers;
  for (const Border &input : network.inputs)
    for (const Dim &dim : input.type->dims)
      if (!dim.name.empty() && dim.size)
        numbers.push_back(dim.name);
  for (const Border &input : network.inputs)
    for (auto [i, dim] : llvm::enumerate(input.type->dims)) {
      if (!isNamedSize(dim) || llvm::is_contained(numbers, dim.name))
        continue;
      int64_t typical = dim.typical.value_or(i == 0 ? typicalBatch : typicalSpace);
      if (typical < 1 || typical > mostSize)
        return emitError(dim.location)
               << dim.name << " ~ " << typical << " must be from 1 to " << mostSize;
      auto known = llvm::find_if(sizes, [&](const SizeInFile &s) { return s.name == dim.name; });
      if (known == sizes.end())
        sizes.push_back({dim.name, typical});
      else if (dim.typical)
        known->typical = typical;
    }
  return sizes;
}

FailureOr<NamedSizes> collectSizes(MLIRContext *context, const syntax::Network &network,
                                   const ReadOptions &options) {
  FailureOr<std::vector<SizeInFile>> inFile = sizesInFile(network, options.typicalBatch);
  if (failed(inFile))
    return failure();
  std::vector<std::string> fileNames, names;
  for (const SizeInFile &size : *inFile) {
    fileNames.push_back(size.name);
    std::string name = rename(size.name, options);
    if (llvm::is_contained(names, name))
      return emitError(network.location) << "two sizes would be called '" << name << "'";
    names.push_back(name);
  }
  if (failed(checkRenames(options, fileNames, network.location)) ||
      failed(checkNames(options.sizes, names, "a size", network.location)) ||
      failed(checkNames(options.typical, names, "a typical size", network.location)))
    return failure();
  NamedSizes result;
  for (auto [size, name] : llvm::zip_equal(*inFile, names)) {
    if (auto fixed = options.sizes.find(name); fixed != options.sizes.end()) {
      result.all[size.name] = getAffineConstantExpr(fixed->second, context);
      continue;
    }
    result.all[size.name] = getAffineSymbolExpr(result.symbolic.size(), context);
    result.symbolic.push_back(name);
    auto typical = options.typical.find(name);
    result.typical.push_back(typical == options.typical.end() ? size.typical : typical->second);
  }
  return result;
}

//===-- Layout --------------------------------------------------------------===//

static bool isSpace(StringRef name) { return llvm::is_contained({"D", "H", "W", "L", "T"}, name); }

static bool mentionsSpace(const Expression &expression) {
  if (expression.kind == Expression::Kind::Name)
    return isSpace(expression.text);
  return llvm::any_of(expression.operands, [](const auto &e) { return mentionsSpace(*e); });
}

static bool isSpace(const Dim &dim) {
  return dim.name.empty() ? dim.size && mentionsSpace(*dim.size) : isSpace(dim.name);
}

/// True where the last dim of the type is the channels and space lies before it.
static FailureOr<bool> isChannelsLast(const DeclaredType &type) {
  size_t rank = type.dims.size();
  for (auto [i, dim] : llvm::enumerate(type.dims)) {
    if (dim.name != "C" || i == 1)
      continue;
    if (i == 0 || i + 1 != rank) {
      emitError(dim.location)
          << "the channels, C, must be the second dim or the last, but here they are dim " << i
          << (i == 0 ? "; the batch comes first, as in f32[1, C, H, W]" : "");
      return failure();
    }
    return true;
  }
  bool isNamed = rank > 1 && type.dims[1].name == "C";
  return rank > 2 && !isNamed && isSpace(type.dims[1]) && !isSpace(type.dims.back());
}

/// From the order of the file to N C space.
static void moveChannels(SmallVectorImpl<cnn::Size> &sizes) {
  std::rotate(sizes.begin() + 1, sizes.end() - 1, sizes.end());
}

/// Back from N C space.
static void moveChannelsBack(SmallVectorImpl<cnn::Size> &sizes) {
  std::rotate(sizes.begin() + 1, sizes.begin() + 2, sizes.end());
}

//===-- Types ---------------------------------------------------------------===//

static FailureOr<Type> readElementType(const DeclaredType &type) {
  if (Type element = elementTypeNamed(type.location.getContext(), type.elementType))
    return element;
  return emitError(type.elementLocation) << "unknown element type '" << type.elementType << "'"
                                         << suggestion(type.elementType, elementTypeNames());
}

static FailureOr<cnn::Size> readDim(const Dim &dim, Evaluator &evaluator, Scope &scope) {
  CallValue value = dim.size ? CallValue() : CallValue(NameValue{dim.name, ""});
  if (!dim.size && scope.find(dim.name))
    value = *scope.find(dim.name);
  if (dim.size) {
    Evaluator::Value evaluated = evaluator.evaluate(*dim.size, scope);
    if (failed(evaluated))
      return failure();
    value = *evaluated;
  }
  if (const cnn::Size *size = value.getIf<cnn::Size>())
    return *size;
  if (const NameValue *name = value.getIf<NameValue>())
    return emitError(dim.location)
           << "unknown size '" << name->text << "'" << suggestion(name->text, scope.valueNames());
  const int64_t *number = value.getIf<int64_t>();
  if (!number)
    return emitError(dim.location)
           << "a size must be a whole number but this is " << describe(value);
  if (*number < 1 || *number > mostSize)
    return emitError(dim.location)
           << "a size must be from 1 to " << mostSize << " but this is " << *number;
  return getAffineConstantExpr(*number, dim.location.getContext());
}

FailureOr<BorderValue> readInput(const Border &input, Evaluator &evaluator, Scope &scope) {
  const DeclaredType &type = *input.type;
  FailureOr<Type> elementType = readElementType(type);
  FailureOr<bool> channelsLast = isChannelsLast(type);
  if (failed(elementType) || failed(channelsLast))
    return failure();
  if (type.dims.size() > 6)
    return emitError(type.location)
           << "a tensor has at most 6 dims but this one has " << type.dims.size();
  SmallVector<cnn::Size> sizes;
  for (const Dim &dim : type.dims) {
    FailureOr<cnn::Size> size = readDim(dim, evaluator, scope);
    if (failed(size))
      return failure();
    sizes.push_back(*size);
    if (!dim.name.empty() && dim.size)
      scope.set(dim.name, fromSize(*size));
  }
  if (*channelsLast)
    moveChannels(sizes);
  return BorderValue{input.name, cnn::tensorOf(sizes, *elementType), *channelsLast, {}};
}

//===-- Outputs -------------------------------------------------------------===//

/// True where both are the same for every value of the symbolic sizes, as far as many of them show:
/// H // 2 // 2 and H // 4 are not the same expression.
static bool areEqual(cnn::Size left, cnn::Size right, size_t numSymbols) {
  if (left == right || (cnn::known(left) && cnn::known(right)))
    return left == right;
  for (int64_t sample = 0; sample < 256; ++sample) {
    SmallVector<AffineExpr> symbols;
    for (size_t i = 0; i < numSymbols; ++i) // even and odd in every combination
      symbols.push_back(
          getAffineConstantExpr((7919 * sample + (sample >> i)) % 509 + 1, left.getContext()));
    if (left.replaceDimsAndSymbols({}, symbols) != right.replaceDimsAndSymbols({}, symbols))
      return false;
  }
  return true;
}

static LogicalResult checkDims(const DeclaredType &declared, ArrayRef<cnn::Size> sizes,
                               const std::string &name, StringRef actual, Evaluator &evaluator,
                               Scope &scope) {
  if (declared.dims.size() != sizes.size())
    return emitError(declared.location) << "output " << name << " is declared with "
                                        << declared.dims.size() << " dims but is " << actual;
  for (auto [i, dim] : llvm::enumerate(declared.dims)) {
    if (dim.name == "_" && !dim.size)
      continue;
    FailureOr<cnn::Size> size = readDim(dim, evaluator, scope);
    if (failed(size))
      return failure();
    if (!areEqual(*size, sizes[i], evaluator.sizeNames.size()))
      return emitError(dim.location)
             << "output " << name << " is declared with " << spellSize(*size, evaluator.sizeNames)
             << " in dim " << i << " but is " << actual << ", where it has "
             << spellSize(sizes[i], evaluator.sizeNames);
  }
  return success();
}

FailureOr<BorderValue> checkOutput(const Border &output, const std::string &name, Value value,
                                   Evaluator &evaluator, Scope &scope) {
  auto type = cast<RankedTensorType>(value.getType());
  if (!output.type)
    return BorderValue{name, type, false, value};
  const DeclaredType &declared = *output.type;
  FailureOr<Type> elementType = readElementType(declared);
  FailureOr<bool> channelsLast = isChannelsLast(declared);
  if (failed(elementType) || failed(channelsLast))
    return failure();
  if (*elementType != type.getElementType())
    return emitError(declared.elementLocation)
           << "output " << name << " is declared as " << declared.elementType << " but is "
           << elementTypeName(type.getElementType()) << "; cast(" << declared.elementType
           << ") converts it";
  SmallVector<cnn::Size> sizes = cnn::sizesOf(type);
  bool move = *channelsLast && sizes.size() == declared.dims.size();
  if (move)
    moveChannelsBack(sizes);
  // Spelt in the order of the declaration.
  std::string actual = spellType(cnn::tensorOf(sizes, type.getElementType()), evaluator.sizeNames);
  if (failed(checkDims(declared, sizes, name, actual, evaluator, scope)))
    return failure();
  return BorderValue{name, type, *channelsLast, value};
}

} // namespace cnnc
