// Expressions: numbers and sizes are computed here, tensors become ops.
#include "compiler/frontend/cnn/Arithmetic.h"
#include "compiler/frontend/cnn/Evaluator.h"
#include "compiler/support/Spelling.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace cnnc::syntax;

namespace cnnc {

Evaluator::Value Evaluator::evaluate(const Expression &expression, Scope &scope) {
  switch (expression.kind) {
  case Expression::Kind::Integer:
    return CallValue(expression.integer);
  case Expression::Kind::Float:
    return CallValue(expression.fraction);
  case Expression::Kind::Flag:
    return CallValue(expression.flag);
  case Expression::Kind::Name:
    return lookUp(expression.text, scope);
  case Expression::Kind::List:
    return evaluateList(expression, scope);
  case Expression::Kind::Unary:
    return evaluateUnary(expression, scope);
  case Expression::Kind::Binary:
    return evaluateBinary(expression, scope);
  case Expression::Kind::Call:
    return evaluateCall(expression.calls[0], std::nullopt, scope);
  case Expression::Kind::Pipe:
    return evaluatePipe(expression, scope);
  }
  llvm_unreachable("unknown expression");
}

/// A name that nothing in scope has is itself a value (`same`): who takes it for another reports it
/// with the hint.
CallValue Evaluator::lookUp(const std::string &name, const Scope &scope) const {
  if (const CallValue *value = scope.find(name))
    return *value;
  std::string nearest = nearestName(name, scope.valueNames());
  return NameValue{name, nearest.empty() ? "" : "; did you mean '" + nearest + "'?"};
}

Evaluator::Value Evaluator::evaluateKnown(const Expression &expression, Scope &scope) {
  Value value = evaluate(expression, scope);
  // A name that was handed to a block is known; one that is only written here is not.
  const NameValue *name = succeeded(value) ? value->getIf<NameValue>() : nullptr;
  if (name && expression.kind == Expression::Kind::Name && !scope.find(expression.text))
    return emitError(scope.locate(expression.location))
           << "unknown name '" << name->text << "'" << name->hint;
  return value;
}

FailureOr<bool> Evaluator::evaluateCondition(const Expression &expression, Scope &scope) {
  Value value = evaluateKnown(expression, scope);
  if (failed(value))
    return failure();
  if (const bool *flag = value->getIf<bool>())
    return *flag;
  emitError(scope.locate(expression.location))
      << "expected a condition such as stride != 1, but this is " << describe(*value);
  return failure();
}

Evaluator::Value Evaluator::evaluateList(const Expression &expression, Scope &scope) {
  ListValue list;
  for (const ExpressionPointer &operand : expression.operands) {
    Value value = evaluateKnown(*operand, scope);
    if (failed(value))
      return failure();
    list.elements.push_back(std::move(*value));
  }
  return CallValue(std::move(list));
}

Evaluator::Value Evaluator::evaluatePipe(const Expression &expression, Scope &scope) {
  Value value = evaluateKnown(*expression.operands[0], scope);
  Location location = scope.locate(expression.operands[0]->location);
  for (const Call &call : expression.calls) {
    if (failed(value))
      return failure();
    value = evaluateCall(call, CallArgument{"", std::move(*value), location, location}, scope);
    location = scope.locate(call.location);
  }
  return value;
}

//===-- Operators -----------------------------------------------------------===//

Evaluator::Value Evaluator::evaluateUnary(const Expression &expression, Scope &scope) {
  if (expression.text == "not") {
    FailureOr<bool> flag = evaluateCondition(*expression.operands[0], scope);
    if (failed(flag))
      return failure();
    return CallValue(!*flag);
  }
  Value value = evaluateKnown(*expression.operands[0], scope);
  if (failed(value))
    return failure();
  Location location = scope.locate(expression.location);
  if (!value->tensor())
    return calculate("-", int64_t(0), *value, sizeNames, location);
  auto unnamed = [] { return FailureOr<std::string>(failure()); };
  FailureOr<mlir::Value> result =
      buildOp({*findWord("neg"), {{"", *value, location, location}}, location},
              {builder, weights, unnamed});
  if (failed(result))
    return failure();
  return CallValue(*result);
}

Evaluator::Value Evaluator::evaluateLogic(const Expression &expression, Scope &scope) {
  FailureOr<bool> left = evaluateCondition(*expression.operands[0], scope);
  if (failed(left))
    return failure();
  // What the first decides, the second need not even be possible: rank(x) > 2 and size(x, 2) > 1.
  if (*left == (expression.text == "or"))
    return CallValue(*left);
  FailureOr<bool> right = evaluateCondition(*expression.operands[1], scope);
  if (failed(right))
    return failure();
  return CallValue(*right);
}

Evaluator::Value Evaluator::evaluateBinary(const Expression &expression, Scope &scope) {
  if (expression.text == "and" || expression.text == "or")
    return evaluateLogic(expression, scope);
  // In a comparison a bare name is a value: pad == same.
  bool compares = isComparison(expression.text);
  auto operand = [&](int i) {
    const Expression &side = *expression.operands[i];
    return compares ? evaluate(side, scope) : evaluateKnown(side, scope);
  };
  Value left = operand(0);
  if (failed(left))
    return failure();
  Value right = operand(1);
  if (failed(right))
    return failure();
  if (left->tensor() || right->tensor())
    return evaluateTensors(expression, std::move(*left), std::move(*right), scope);
  return calculate(expression.text, *left, *right, sizeNames, scope.locate(expression.location));
}

Evaluator::Value Evaluator::evaluateTensors(const Expression &expression, CallValue left,
                                            CallValue right, Scope &scope) {
  Location location = scope.locate(expression.location);
  StringRef word = llvm::StringSwitch<StringRef>(expression.text)
                       .Case("+", "add")
                       .Case("-", "sub")
                       .Case("*", "mul")
                       .Case("/", "div")
                       .Default("");
  if (word.empty())
    return emitError(location) << "'" << expression.text
                               << "' is for numbers, not for tensors, which know + - * and /";
  for (int i : {0, 1}) {
    const CallValue &value = i == 0 ? left : right;
    if (!value.tensor() && !value.isNumber())
      return emitError(scope.locate(expression.operands[i]->location))
             << "a tensor is calculated with a tensor or a number, but this is " << describe(value);
  }
  Location leftPlace = scope.locate(expression.operands[0]->location);
  Location rightPlace = scope.locate(expression.operands[1]->location);
  std::vector<CallArgument> arguments = {{"", std::move(left), leftPlace, leftPlace},
                                         {"", std::move(right), rightPlace, rightPlace}};
  auto unnamed = [] { return FailureOr<std::string>(failure()); };
  FailureOr<mlir::Value> result =
      buildOp({*findWord(word), std::move(arguments), location}, {builder, weights, unnamed});
  if (failed(result))
    return failure();
  return CallValue(*result);
}

} // namespace cnnc
