// Statements and calls.
#include "compiler/frontend/cnn/Evaluator.h"

#include "compiler/frontend/cnn/Functions.h"
#include "compiler/support/Spelling.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace cnnc::syntax;

namespace cnnc {

// Bounds for a text that would run away; the deepest known networks are far below.
static constexpr int mostCallsDeep = 64;
static constexpr int64_t mostRepeats = 10000;
static constexpr int64_t mostSteps = 200000;

//===-- Statements ----------------------------------------------------------===//

FailureOr<std::optional<std::vector<CallValue>>> Evaluator::evaluateBody(const Body &body,
                                                                         Scope &scope) {
  Returned returned;
  if (failed(run(body, scope, returned)))
    return failure();
  return returned;
}

LogicalResult Evaluator::countStep(Location location) {
  if (++steps <= mostSteps)
    return success();
  return emitError(location) << "the network takes more than " << mostSteps
                             << " statements and calls; does a repeat run too often?";
}

LogicalResult Evaluator::run(const Body &body, Scope &scope, Returned &returned) {
  for (const Statement &statement : body) {
    if (failed(countStep(scope.locate(statement.location))) ||
        failed(runStatement(statement, scope, returned)))
      return failure();
    if (returned)
      break;
  }
  return success();
}

LogicalResult Evaluator::runStatement(const Statement &statement, Scope &scope,
                                      Returned &returned) {
  switch (statement.kind) {
  case Statement::Kind::Assign:
    return runAssign(statement, scope);
  case Statement::Kind::If:
    return runIf(statement, scope, returned);
  case Statement::Kind::Repeat:
    return runRepeat(statement, scope, returned);
  case Statement::Kind::Return:
    return runReturn(statement, scope, returned);
  }
  llvm_unreachable("unknown statement");
}

LogicalResult Evaluator::runAssign(const Statement &statement, Scope &scope) {
  Value value = evaluateKnown(*statement.values[0], scope);
  if (failed(value))
    return failure();
  if (statement.names.size() == 1) {
    scope.set(statement.names[0], std::move(*value));
    return success();
  }
  const ListValue *list = value->getIf<ListValue>();
  if (!list || list->elements.size() != statement.names.size())
    return emitError(scope.locate(statement.values[0]->location))
           << statement.names.size() << " names are given a value but there is "
           << describe(*value);
  for (auto [name, element] : llvm::zip_equal(statement.names, list->elements))
    scope.set(name, element);
  return success();
}

LogicalResult Evaluator::runIf(const Statement &statement, Scope &scope, Returned &returned) {
  FailureOr<bool> condition = evaluateCondition(*statement.values[0], scope);
  if (failed(condition))
    return failure();
  return run(*condition ? statement.body : statement.otherwise, scope, returned);
}

LogicalResult Evaluator::runRepeat(const Statement &statement, Scope &scope, Returned &returned) {
  const Expression &expression = *statement.values[0];
  Value value = evaluateKnown(expression, scope);
  if (failed(value))
    return failure();
  const int64_t *count = value->getIf<int64_t>();
  if (!count)
    return emitError(scope.locate(expression.location))
           << "repeat takes a whole number but is given " << describe(*value);
  if (*count < 0 || *count > mostRepeats)
    return emitError(scope.locate(expression.location))
           << "repeat takes a number from 0 to " << mostRepeats << " but is given " << *count;
  for (int64_t i = 0; i < *count && !returned; ++i)
    if (failed(countStep(scope.locate(expression.location))) ||
        failed(run(statement.body, scope, returned)))
      return failure();
  return success();
}

LogicalResult Evaluator::runReturn(const Statement &statement, Scope &scope, Returned &returned) {
  std::vector<CallValue> values;
  for (const ExpressionPointer &expression : statement.values) {
    Value value = evaluateKnown(*expression, scope);
    if (failed(value))
      return failure();
    values.push_back(std::move(*value));
  }
  returned = std::move(values);
  return success();
}

//===-- Calls ---------------------------------------------------------------===//

InFlightDiagnostic Evaluator::unknownCallee(const Call &call, Scope &scope) {
  std::vector<std::string> names = wordNames();
  for (const auto &[name, block] : sources.blocks)
    names.push_back(name);
  for (const auto &[name, model] : sources.models)
    names.push_back(name);
  for (const std::string &name : functionNames())
    names.push_back(name);
  std::string nearest = nearestName(call.callee, names);
  InFlightDiagnostic error = emitError(scope.locate(call.location));
  error << "there is no layer or block called '" << call.callee << "'";
  if (!nearest.empty())
    error << "; did you mean '" << nearest << "'?";
  else
    error << "; docs/words.md lists the layers, and blocks are defined by: block " << call.callee
          << "(x) { ... }";
  return error;
}

Evaluator::Value Evaluator::evaluateCall(const Call &call, std::optional<CallArgument> piped,
                                         Scope &scope) {
  if (failed(countStep(scope.locate(call.location))))
    return failure();
  std::vector<CallArgument> arguments;
  if (piped)
    arguments.push_back(std::move(*piped));
  for (const Argument &argument : call.arguments) {
    Value value = evaluate(*argument.value, scope);
    if (failed(value))
      return failure();
    arguments.push_back({argument.name, std::move(*value), scope.locate(argument.value->location),
                         scope.locate(argument.location)});
  }
  if (auto block = sources.blocks.find(call.callee); block != sources.blocks.end())
    return callBlock(*block->second, call, std::move(arguments), scope);
  if (auto model = sources.models.find(call.callee); model != sources.models.end())
    return callModel(model->second.block, call, std::move(arguments), scope);
  if (const Word *word = findWord(call.callee))
    return callWord(*word, call, std::move(arguments), scope);
  if (const Function *function = findFunction(call.callee))
    return callFunction(*function, arguments, builder, scope.locate(call.location));
  return unknownCallee(call, scope);
}

Evaluator::Value Evaluator::callWord(const Word &word, const Call &call,
                                     std::vector<CallArgument> arguments, Scope &scope) {
  Location location = scope.locate(call.location);
  auto claim = [&] { return scope.claimPath(call); };
  FailureOr<mlir::Value> result =
      buildOp({word, std::move(arguments), location}, {builder, weights, claim});
  if (failed(result))
    return failure();
  return CallValue(*result);
}

static std::string signature(const BlockDefinition &block) {
  std::vector<std::string> names;
  for (const BlockParameter &parameter : block.parameters)
    names.push_back(parameter.name + (parameter.fallback ? " = ..." : ""));
  return block.name + "(" + llvm::join(names, ", ") + ")";
}

static const BlockParameter *findParameter(const BlockDefinition &block, StringRef name) {
  for (const BlockParameter &parameter : block.parameters)
    if (parameter.name == name)
      return &parameter;
  return nullptr;
}

/// Gives the block's parameters their values: those of the call, else their fallbacks, which may
/// use the parameters before them.
LogicalResult Evaluator::bind(const BlockDefinition &block, const Call &call,
                              std::vector<CallArgument> arguments, Scope &scope, Scope &inner) {
  size_t position = 0;
  for (CallArgument &argument : arguments) {
    const BlockParameter *parameter = nullptr;
    if (!argument.name.empty())
      parameter = findParameter(block, argument.name);
    else if (position < block.parameters.size())
      parameter = &block.parameters[position++];
    if (!parameter && argument.name.empty())
      return emitError(argument.location)
             << "more arguments than the block takes: " << signature(block);
    if (!parameter) {
      std::vector<std::string> names;
      for (const BlockParameter &known : block.parameters)
        names.push_back(known.name);
      return emitError(argument.whole) << block.name << " has no parameter '" << argument.name
                                       << "'" << suggestion(argument.name, names);
    }
    if (inner.find(parameter->name))
      return emitError(argument.whole) << parameter->name << " is given twice";
    inner.set(parameter->name, std::move(argument.value));
  }
  for (const BlockParameter &parameter : block.parameters) {
    if (inner.find(parameter.name))
      continue;
    if (!parameter.fallback)
      return emitError(scope.locate(call.location))
             << block.name << " needs " << parameter.name << ": " << signature(block);
    Value value = evaluate(*parameter.fallback, inner);
    if (failed(value))
      return failure();
    inner.set(parameter.name, std::move(*value));
  }
  return success();
}

Evaluator::Value Evaluator::callBlock(const BlockDefinition &block, const Call &call,
                                      std::vector<CallArgument> arguments, Scope &scope) {
  Location location = scope.locate(call.location);
  if (scope.depth == mostCallsDeep)
    return emitError(location) << "blocks call each other more than " << mostCallsDeep
                               << " deep; does " << block.name << " call itself?";
  FailureOr<std::string> path = scope.claimPath(call);
  if (failed(path))
    return failure();
  Scope inner(*path + ".", location, scope.depth + 1);
  if (failed(bind(block, call, std::move(arguments), scope, inner)))
    return failure();
  FailureOr<Returned> returned = evaluateBody(block.body, inner);
  if (failed(returned))
    return failure();
  if (!*returned)
    return emitError(inner.locate(block.location))
           << "block " << block.name << " does not return a value";
  if ((*returned)->size() == 1)
    return std::move((*returned)->front());
  return CallValue(ListValue{std::move(**returned)});
}

} // namespace cnnc
