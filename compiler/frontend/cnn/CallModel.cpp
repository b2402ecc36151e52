// Calls of imported models.
#include "compiler/frontend/cnn/Evaluator.h"
#include "compiler/support/Spelling.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace cnnc {

static std::string signature(const OnnxBlock &model, const syntax::Call &call) {
  return call.callee + "(" + llvm::join(model.inputs(), ", ") + ")";
}

/// The tensors that the call gives to the model's inputs, in the model's order.
static FailureOr<std::vector<Value>> match(const OnnxBlock &model, const syntax::Call &call,
                                           ArrayRef<CallArgument> arguments, Location location) {
  const std::vector<std::string> &inputs = model.inputs();
  std::vector<Value> values(inputs.size());
  size_t position = 0;
  for (const CallArgument &argument : arguments) {
    size_t input =
        argument.name.empty() ? position++ : llvm::find(inputs, argument.name) - inputs.begin();
    if (input >= inputs.size() && argument.name.empty())
      return emitError(argument.location)
             << "more arguments than the model takes: " << signature(model, call);
    if (input >= inputs.size())
      return emitError(argument.whole) << call.callee << " has no input '" << argument.name << "'"
                                       << suggestion(argument.name, inputs);
    if (values[input])
      return emitError(argument.whole) << inputs[input] << " is given twice";
    values[input] = argument.value.tensor();
    if (!values[input])
      return emitError(argument.location)
             << "a model takes tensors but is given " << describe(argument.value);
  }
  for (auto [name, value] : llvm::zip_equal(inputs, values))
    if (!value)
      return emitError(location) << call.callee << " needs " << name << ": "
                                 << signature(model, call);
  return values;
}

Evaluator::Value Evaluator::callModel(const OnnxBlock &model, const syntax::Call &call,
                                      std::vector<CallArgument> arguments, Scope &scope) {
  Location location = scope.locate(call.location);
  FailureOr<std::string> path = scope.claimPath(call);
  if (failed(path))
    return failure();
  FailureOr<std::vector<mlir::Value>> inputs = match(model, call, arguments, location);
  if (failed(inputs))
    return failure();
  auto replace = [&](const std::string &name, RankedTensorType type) {
    return weights.getIfThere(type, name, [&] { return emitError(location); });
  };
  FailureOr<std::vector<mlir::Value>> results =
      model.build(builder, location, *inputs, *path + ".", replace);
  if (failed(results))
    return failure();
  if (results->size() == 1)
    return CallValue(results->front());
  ListValue list;
  for (mlir::Value result : *results)
    list.elements.push_back(CallValue(result));
  return CallValue(std::move(list));
}

} // namespace cnnc
