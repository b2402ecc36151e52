#include "compiler/frontend/Training.h"

#include "compiler/support/Spelling.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace cnnc {

//===-- The optimizer -------------------------------------------------------===//

static std::string signature(const cnn::Optimizer &optimizer) {
  std::vector<std::string> names;
  for (const cnn::OptimizerArgument &argument : optimizer.allArguments())
    names.push_back(argument.name.str());
  return optimizer.name.str() + "(" + llvm::join(names, ", ") + ")";
}

/// The argument that is meant: by its name, or the next by position.
static FailureOr<cnn::OptimizerArgument>
findArgument(const cnn::Optimizer &optimizer, const CallArgument &argument, size_t position) {
  std::vector<cnn::OptimizerArgument> all = optimizer.allArguments();
  if (argument.name.empty()) {
    if (position < all.size())
      return all[position];
    return emitError(argument.location)
           << "more arguments than " << optimizer.name << " takes: " << signature(optimizer);
  }
  if (const cnn::OptimizerArgument *found = optimizer.findArgument(argument.name))
    return *found;
  std::vector<std::string> names;
  for (const cnn::OptimizerArgument &known : all)
    names.push_back(known.name.str());
  return emitError(argument.whole) << optimizer.name << " has no argument '" << argument.name << "'"
                                   << suggestion(argument.name, names);
}

static std::string spellNumber(double number) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%g", number);
  return text;
}

static FailureOr<double> readValue(const cnn::OptimizerArgument &argument,
                                   const CallArgument &given) {
  const bool *flag = given.value.getIf<bool>();
  if (argument.isFlag && flag)
    return *flag ? 1.0 : 0.0;
  if (argument.isFlag || !given.value.isNumber())
    return emitError(given.location)
           << argument.name << " must be " << (argument.isFlag ? "yes or no" : "a number")
           << " but is " << describe(given.value);
  double value = given.value.toDouble();
  if (value >= argument.least && value <= argument.most)
    return value;
  return emitError(given.location)
         << argument.name << " must be from " << spellNumber(argument.least) << " to "
         << spellNumber(argument.most) << " but is " << spellNumber(value);
}

FailureOr<cnn::OptimizerSettings>
readOptimizer(const std::string &name, ArrayRef<CallArgument> arguments, Location location) {
  const cnn::Optimizer *optimizer = cnn::findOptimizer(name);
  if (!optimizer)
    return emitError(location) << "there is no optimizer called '" << name << "'"
                               << suggestion(name, cnn::optimizerNames());
  cnn::OptimizerSettings settings(*optimizer);
  std::vector<StringRef> seen;
  bool named = false;
  for (auto [position, given] : llvm::enumerate(arguments)) {
    named |= !given.name.empty();
    if (named && given.name.empty())
      return emitError(given.location)
             << "arguments without a name come before those with one: " << signature(*optimizer);
    FailureOr<cnn::OptimizerArgument> argument = findArgument(*optimizer, given, position);
    if (failed(argument))
      return failure();
    if (llvm::is_contained(seen, argument->name))
      return emitError(given.whole) << argument->name << " is given twice";
    seen.push_back(argument->name);
    FailureOr<double> value = readValue(*argument, given);
    if (failed(value))
      return failure();
    settings.set(argument->name, *value);
  }
  return settings;
}

//===-- Frozen parameters ---------------------------------------------------===//

/// True where `name` is what `pattern` says. Between stars the first place that fits is as good as
/// any later one.
static bool matches(StringRef pattern, StringRef name) {
  SmallVector<StringRef> parts;
  pattern.split(parts, '*');
  if (parts.size() == 1)
    return name == pattern;
  if (!name.consume_front(parts.front()) || !name.consume_back(parts.back()))
    return false;
  for (StringRef part : ArrayRef(parts).drop_front().drop_back()) {
    size_t place = name.find(part);
    if (place == StringRef::npos)
      return false;
    name = name.drop_front(place + part.size());
  }
  return true;
}

LogicalResult freezeParameters(func::FuncOp network, StringRef names, Location location) {
  std::vector<std::string> known;
  SmallVector<cnn::Constant> parameters;
  for (auto constant : network.getOps<cnn::Constant>())
    if (constant.getName()) {
      known.push_back(constant.getName()->str());
      parameters.push_back(constant);
    }
  for (StringRef pattern : llvm::split(names, ',')) {
    pattern = pattern.trim();
    bool matched = false;
    for (cnn::Constant parameter : parameters)
      if (matches(pattern, *parameter.getName())) {
        parameter.setFrozen(true);
        matched = true;
      }
    if (!matched)
      return emitError(location) << "freeze: no parameter is called '" << pattern << "'"
                                 << suggestion(pattern.str(), known);
  }
  return success();
}

//===-- The loss ------------------------------------------------------------===//

LogicalResult checkLoss(Value loss, ArrayRef<std::string> sizeNames, Location location) {
  auto type = cast<RankedTensorType>(loss.getType());
  if (type.hasStaticShape() && type.getNumElements() == 1 && type.getElementType().isF32())
    return success();
  return emitError(location) << "the loss must be a single f32 but is "
                             << spellType(type, sizeNames);
}

} // namespace cnnc
