// Expressions: pipes bind loosest, then or, and, not, comparisons, sums, products, signs.
#include "compiler/frontend/cnn/ParserImpl.h"

using namespace mlir;
using namespace cnnc::syntax;

namespace cnnc {

// Bounds for hostile text: the tree is walked by recursion.
static constexpr int mostLevels = 64;
static constexpr int mostOperators = 500;

using Kind = Expression::Kind;

static ExpressionPointer make(Kind kind, Location location) {
  return std::make_unique<Expression>(Expression{kind, location, "", 0, 0, false, {}, {}});
}

FailureOr<ExpressionPointer> Parser::parseExpression() {
  if (++depth > mostLevels)
    return emitError(peek().location)
           << "more than " << mostLevels << " levels of brackets; give the inner part a name";
  ExpressionResult value = parseBinary(0);
  if (failed(value))
    return failure();
  if (peek().is("->")) {
    ExpressionPointer pipe = make(Kind::Pipe, (*value)->location);
    pipe->operands.push_back(std::move(*value));
    while (takeIf("->")) {
      FailureOr<Call> call = parseCall(/*isPiped=*/true);
      if (failed(call))
        return failure();
      pipe->calls.push_back(std::move(*call));
    }
    pipe->location = joinLocations(pipe->location, pipe->calls.back().location);
    *value = std::move(pipe);
  }
  --depth;
  return value;
}

//===-- Operators -----------------------------------------------------------===//

/// The operators from loosest to tightest; those of one level are read from left to right.
static constexpr size_t numLevels = 5, comparisonLevel = 2;
static bool isOperator(const Token &token, size_t level) {
  static const std::vector<StringRef> levels[numLevels] = {
      {"or"}, {"and"}, {"==", "!=", "<", "<=", ">", ">="}, {"+", "-"}, {"*", "/", "//", "%"}};
  return llvm::any_of(levels[level], [&](StringRef symbol) { return token.is(symbol); });
}

FailureOr<ExpressionPointer> Parser::parseBinary(size_t level) {
  if (level == numLevels)
    return parseSigned();
  if (level == comparisonLevel && peek().is("not"))
    return parsePrefix([&] { return parseBinary(comparisonLevel); });
  ExpressionResult left = parseBinary(level + 1);
  if (failed(left))
    return failure();
  for (int count = 0; isOperator(peek(), level); ++count) {
    if (count == mostOperators)
      return emitError(peek().location)
             << "more than " << mostOperators << " operators in a row; give a part a name";
    Token symbol = take();
    ExpressionResult right = parseBinary(level + 1);
    if (failed(right))
      return failure();
    ExpressionPointer both =
        make(Kind::Binary, joinLocations((*left)->location, (*right)->location));
    both->text = symbol.text.str();
    both->operands.push_back(std::move(*left));
    both->operands.push_back(std::move(*right));
    *left = std::move(both);
  }
  return left;
}

FailureOr<ExpressionPointer> Parser::parseSigned() {
  if (!peek().is("-"))
    return parsePrimary();
  return parsePrefix([&] { return parseSigned(); });
}

/// `-` or `not`, and what `parseOperand` reads behind it.
FailureOr<ExpressionPointer> Parser::parsePrefix(function_ref<ExpressionResult()> parseOperand) {
  if (++depth > mostLevels)
    return emitError(peek().location) << "more than " << mostLevels << " signs in a row";
  Token symbol = take();
  ExpressionResult operand = parseOperand();
  if (failed(operand))
    return failure();
  --depth;
  ExpressionPointer unary = make(Kind::Unary, joinLocations(symbol.location, (*operand)->location));
  unary->text = symbol.text.str();
  unary->operands.push_back(std::move(*operand));
  return unary;
}

//===-- Values --------------------------------------------------------------===//

FailureOr<ExpressionPointer> Parser::parseNumber() {
  Token token = take();
  ExpressionPointer number =
      make(token.kind == TokenKind::Integer ? Kind::Integer : Kind::Float, token.location);
  bool isWrong = token.kind == TokenKind::Integer ? token.text.getAsInteger(10, number->integer)
                                                  : token.text.getAsDouble(number->fraction);
  if (isWrong)
    return emitError(token.location) << "the number " << token.text << " is too large";
  return number;
}

/// 3x3 is the list [3, 3].
FailureOr<ExpressionPointer> Parser::parseKernel() {
  Token token = take();
  ExpressionPointer list = make(Kind::List, token.location);
  SmallVector<StringRef> parts;
  token.text.split(parts, 'x');
  for (StringRef part : parts) {
    list->operands.push_back(make(Kind::Integer, token.location));
    if (part.getAsInteger(10, list->operands.back()->integer))
      return emitError(token.location) << "the number " << part << " is too large";
  }
  return list;
}

FailureOr<ExpressionPointer> Parser::parseList() {
  Location begin = take().location;
  ExpressionPointer list = make(Kind::List, begin);
  LogicalResult result = parseListOf("]", [&]() -> LogicalResult {
    ExpressionResult element = parseExpression();
    if (failed(element))
      return failure();
    list->operands.push_back(std::move(*element));
    return success();
  });
  if (failed(result))
    return failure();
  list->location = joinLocations(begin, tokens[position - 1].location);
  return list;
}

FailureOr<ExpressionPointer> Parser::parseParenthesised() {
  take();
  ExpressionResult inner = parseExpression();
  if (failed(inner) || failed(expect(")", "to close the parenthesis")))
    return failure();
  return inner;
}

FailureOr<ExpressionPointer> Parser::parsePrimary() {
  switch (peek().kind) {
  case TokenKind::Integer:
  case TokenKind::Float:
    return parseNumber();
  case TokenKind::Kernel:
    return parseKernel();
  case TokenKind::Symbol:
    if (peek().is("["))
      return parseList();
    if (peek().is("("))
      return parseParenthesised();
    return expected("a value");
  case TokenKind::Identifier:
    break;
  default:
    return expected("a value");
  }
  if (peek().is("yes") || peek().is("no")) {
    ExpressionPointer flag = make(Kind::Flag, peek().location);
    flag->flag = take().is("yes");
    return flag;
  }
  if (peek(1).is("(") || peek(1).is(":")) {
    FailureOr<Call> call = parseCall(/*isPiped=*/false);
    if (failed(call))
      return failure();
    ExpressionPointer expression = make(Kind::Call, call->location);
    expression->calls.push_back(std::move(*call));
    return expression;
  }
  FailureOr<Token> token = expectName("a value");
  if (failed(token))
    return failure();
  ExpressionPointer name = make(Kind::Name, token->location);
  name->text = token->text.str();
  return name;
}

//===-- Calls ---------------------------------------------------------------===//

FailureOr<Call> Parser::parseCall(bool isPiped) {
  Location begin = peek().location;
  std::string label;
  if (peek(1).is(":")) {
    FailureOr<Token> name = expectName("a label");
    if (failed(name))
      return failure();
    label = name->text.str();
    take();
  }
  FailureOr<Token> callee = expectName("the name of a layer or block");
  if (failed(callee))
    return failure();
  Call call{label, callee->text.str(), begin, {}};
  if (isPiped && !peek().is("(")) {
    call.location = joinLocations(begin, callee->location);
    return call;
  }
  if (failed(expect("(", "with the arguments")))
    return failure();
  LogicalResult result = parseListOf(")", [&]() -> LogicalResult {
    FailureOr<Argument> argument = parseArgument();
    if (failed(argument))
      return failure();
    call.arguments.push_back(std::move(*argument));
    return success();
  });
  if (failed(result))
    return failure();
  call.location = joinLocations(begin, tokens[position - 1].location);
  return call;
}

FailureOr<Argument> Parser::parseArgument() {
  Argument argument{"", peek().location, nullptr};
  if (peek().kind == TokenKind::Identifier && peek(1).is(":")) {
    FailureOr<Token> name = expectName("the name of an argument");
    if (failed(name))
      return failure();
    argument.name = name->text.str();
    take();
  }
  ExpressionResult value = parseExpression();
  if (failed(value))
    return failure();
  argument.location = joinLocations(argument.location, (*value)->location);
  argument.value = std::move(*value);
  return argument;
}

} // namespace cnnc
