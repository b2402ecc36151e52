// Declarations and statements.
#include "compiler/frontend/cnn/ParserImpl.h"

#include "compiler/support/Spelling.h"

using namespace mlir;
using namespace cnnc::syntax;

namespace cnnc {

FailureOr<File> parse(ArrayRef<Token> tokens) { return Parser(tokens).parseFile(); }

//===-- Tokens --------------------------------------------------------------===//

Token Parser::take() {
  Token token = peek();
  position = std::min(position + 1, tokens.size() - 1);
  return token;
}

bool Parser::takeIf(StringRef symbolOrWord) {
  if (!peek().is(symbolOrWord))
    return false;
  take();
  return true;
}

InFlightDiagnostic Parser::expected(StringRef what) const {
  InFlightDiagnostic error = emitError(peek().location) << "expected " << what << " but ";
  if (peek().kind == TokenKind::End)
    return std::move(error << "the file ends here");
  return std::move(error << "found '" << peek().text << "'");
}

LogicalResult Parser::expect(StringRef symbolOrWord, StringRef where) {
  if (takeIf(symbolOrWord))
    return success();
  return expected(("'" + symbolOrWord + "' " + where).str());
}

static constexpr StringLiteral keywords[] = {"network", "train", "block",  "import", "weights",
                                             "if",      "else",  "repeat", "return", "and",
                                             "or",      "not",   "yes",    "no"};

static bool isKeyword(const Token &token) {
  return token.kind == TokenKind::Identifier && llvm::is_contained(keywords, token.text);
}

FailureOr<Token> Parser::expectName(StringRef what) {
  if (peek().kind == TokenKind::Identifier && !isKeyword(peek()))
    return take();
  if (isKeyword(peek()))
    return expected(what) << ", which is a word of the language";
  return expected(what);
}

LogicalResult Parser::parseListOf(StringRef close, function_ref<LogicalResult()> item) {
  while (!takeIf(close)) {
    if (failed(item()))
      return failure();
    if (!peek().is(close) && failed(expect(",", ("or '" + close + "'").str())))
      return failure();
  }
  return success();
}

Location joinLocations(Location first, Location last) {
  auto begin = cast<FileLineColRange>(first), end = cast<FileLineColRange>(last);
  if (begin.getStartLine() == end.getEndLine())
    return FileLineColRange::get(begin.getFilename(), begin.getStartLine(), begin.getStartColumn(),
                                 end.getEndColumn());
  return FileLineColRange::get(begin.getFilename(), begin.getStartLine(), begin.getStartColumn(),
                               end.getEndLine(), end.getEndColumn());
}

//===-- Declarations --------------------------------------------------------===//

FailureOr<File> Parser::parseFile() {
  File file;
  while (peek().kind != TokenKind::End)
    if (failed(parseDeclaration(file)))
      return failure();
  return file;
}

template <typename T> static LogicalResult append(std::vector<T> &list, FailureOr<T> item) {
  if (failed(item))
    return failure();
  list.push_back(std::move(*item));
  return success();
}

LogicalResult Parser::parseDeclaration(File &file) {
  if (peek().is("block"))
    return append(file.blocks, parseBlock());
  if (peek().is("network"))
    return append(file.networks, parseNetwork());
  if (peek().is("train"))
    return append(file.trains, parseTrain());
  if (peek().is("import"))
    return append(file.imports, parseImport());
  if (!peek().is("weights")) {
    std::string nearest =
        nearestName(peek().text.str(), {"network", "train", "block", "import", "weights"});
    InFlightDiagnostic error = expected("network, train, block, import or weights");
    if (!nearest.empty())
      error << "; did you mean '" << nearest << "'?";
    return error;
  }
  if (file.weights)
    return emitError(peek().location) << "weights are named twice; one file holds them all";
  FailureOr<FileName> weights = parseFileName("weights");
  if (failed(weights))
    return failure();
  file.weights = *weights;
  return success();
}

FailureOr<FileName> Parser::parseFileName(StringRef what) {
  take();
  if (peek().kind != TokenKind::String)
    return expected("a file in quotes, as in " + what.str() + " \"file\"");
  Token token = take();
  return FileName{token.text.str(), token.location};
}

FailureOr<Import> Parser::parseImport() {
  FailureOr<FileName> file = parseFileName("import");
  if (failed(file))
    return failure();
  Import import{*file, "", file->location, {}};
  if (!takeIf("as"))
    return import;
  FailureOr<Token> name = expectName("a name for the block that the model becomes");
  if (failed(name))
    return failure();
  import.name = name->text.str();
  import.nameLocation = name->location;
  if (!takeIf("->"))
    return import;
  do {
    if (peek().kind != TokenKind::String)
      return expected("a value of the model in quotes, as in -> \"features\"");
    Token value = take();
    import.outputs.push_back({value.text.str(), value.location});
  } while (takeIf(","));
  return import;
}

FailureOr<BlockDefinition> Parser::parseBlock() {
  take();
  FailureOr<Token> name = expectName("a name for the block");
  if (failed(name) || failed(expect("(", "with the block's parameters")))
    return failure();
  BlockDefinition block{name->text.str(), name->location, {}, {}};
  if (failed(parseListOf(")", [&] { return append(block.parameters, parseBlockParameter()); })))
    return failure();
  FailureOr<Body> body = parseBody("the block");
  if (failed(body))
    return failure();
  block.body = std::move(*body);
  return block;
}

FailureOr<BlockParameter> Parser::parseBlockParameter() {
  FailureOr<Token> name = expectName("the name of a parameter");
  if (failed(name))
    return failure();
  BlockParameter parameter{name->text.str(), nullptr, name->location};
  if (!takeIf("="))
    return parameter;
  ExpressionResult fallback = parseExpression();
  if (failed(fallback))
    return failure();
  parameter.fallback = std::move(*fallback);
  return parameter;
}

FailureOr<Network> Parser::parseNetwork() {
  take();
  FailureOr<Token> name = expectName("a name for the network");
  if (failed(name) || failed(expect("(", "with the network's inputs")))
    return failure();
  Network network{name->text.str(), name->location, {}, {}, {}, name->location};
  if (failed(parseListOf(")", [&] { return append(network.inputs, parseInput()); })) ||
      (takeIf("->") && failed(parseOutputs(network))))
    return failure();
  FailureOr<Body> body = parseBody("the network");
  if (failed(body))
    return failure();
  network.body = std::move(*body);
  network.end = tokens[position - 1].location;
  return network;
}

FailureOr<Train> Parser::parseTrain() {
  take();
  FailureOr<Token> name = expectName("the name of the network that is trained");
  if (failed(name) || failed(expect("(", "with the targets")))
    return failure();
  Train train{name->text.str(), name->location, {}, {}, std::nullopt, name->location};
  if (failed(parseListOf(")", [&] { return append(train.targets, parseInput()); })) ||
      failed(expect("{", "before what is in the train block")))
    return failure();
  while (!peek().is("}"))
    if (failed(parseTrainStatement(train)))
      return failure();
  train.end = take().location;
  return train;
}

LogicalResult Parser::parseTrainStatement(Train &train) {
  if (!peek(1).is("=") && !peek(1).is(","))
    return expected("an assignment such as loss = ..., or '}' at the end of the train block");
  if (!peek().is("freeze"))
    return append(train.body, parseAssignment());
  if (train.freeze)
    return emitError(peek().location) << "freeze is assigned twice";
  take();
  if (failed(expect("=", "and the names of parameters")))
    return failure();
  if (peek().kind != TokenKind::String)
    return expected("names of parameters in quotes, as in freeze = \"conv*, stem.*\"");
  Token token = take();
  train.freeze = Text{token.text.str(), token.location};
  return success();
}

FailureOr<Border> Parser::parseInput() {
  FailureOr<Token> name = expectName("the name of an input");
  if (failed(name) || failed(expect(":", "and the type of the input, as in x: f32[N, 3, H, W]")))
    return failure();
  FailureOr<DeclaredType> type = parseType();
  if (failed(type))
    return failure();
  return Border{name->text.str(), std::move(*type), name->location};
}

/// A type, or a list of outputs in parentheses, or without where the body follows.
LogicalResult Parser::parseOutputs(Network &network) {
  if (takeIf("("))
    return parseListOf(")", [&] { return append(network.outputs, parseOutput()); });
  do {
    if (failed(append(network.outputs, parseOutput())))
      return failure();
  } while (takeIf(","));
  return success();
}

FailureOr<Border> Parser::parseOutput() {
  Location location = peek().location;
  std::string name;
  if (!peek(1).is("[")) {
    FailureOr<Token> token = expectName("the name or the type of an output");
    if (failed(token))
      return failure();
    name = token->text.str();
    if (!takeIf(":"))
      return Border{name, std::nullopt, location};
  }
  FailureOr<DeclaredType> type = parseType();
  if (failed(type))
    return failure();
  return Border{name, std::move(*type), location};
}

FailureOr<DeclaredType> Parser::parseType() {
  FailureOr<Token> element = expectName("a type such as f32[N, 3, H, W]");
  if (failed(element) || failed(expect("[", "and the sizes, as in f32[N, 3, H, W]")))
    return failure();
  DeclaredType type{element->text.str(), element->location, {}, element->location};
  if (failed(parseListOf("]", [&] { return append(type.dims, parseDim()); })))
    return failure();
  type.location = joinLocations(element->location, tokens[position - 1].location);
  return type;
}

FailureOr<Dim> Parser::parseDim() {
  Dim dim{"", nullptr, std::nullopt, peek().location};
  bool isName = peek().kind == TokenKind::Identifier && !isKeyword(peek());
  if (isName && (peek(1).is(",") || peek(1).is("]"))) {
    dim.name = take().text.str();
    return dim;
  }
  if (isName && peek(1).is("~")) {
    dim.name = take().text.str();
    take();
    int64_t typical;
    if (peek().kind != TokenKind::Integer || peek().text.getAsInteger(10, typical))
      return expected("the size to expect, as in " + dim.name + " ~ 224");
    take();
    dim.typical = typical;
    return dim;
  }
  if (isName && peek(1).is("=")) {
    dim.name = take().text.str();
    take();
  }
  ExpressionResult size = parseExpression();
  if (failed(size))
    return failure();
  dim.location = joinLocations(dim.location, (*size)->location);
  dim.size = std::move(*size);
  return dim;
}

//===-- Statements ----------------------------------------------------------===//

// Deeper than anybody writes, shallow enough for any stack.
static constexpr int mostBodies = 64;

FailureOr<Body> Parser::parseBody(StringRef of) {
  if (failed(expect("{", ("before what is in " + of).str())))
    return failure();
  if (++depth > mostBodies)
    return emitError(peek().location) << "more than " << mostBodies << " levels of braces and "
                                      << "brackets; put the inner ones into a block";
  Body body;
  while (!takeIf("}")) {
    if (peek().kind == TokenKind::End)
      return expected("a statement, or '}' at the end of " + of.str());
    if (failed(append(body, parseStatement())))
      return failure();
  }
  --depth;
  return body;
}

FailureOr<Statement> Parser::parseStatement() {
  if (peek().is("if"))
    return parseIf();
  if (peek().is("repeat"))
    return parseRepeat();
  if (peek().is("return"))
    return parseReturn();
  bool isAssignment = peek().kind == TokenKind::Identifier && !isKeyword(peek()) &&
                      (peek(1).is("=") || peek(1).is(","));
  if (isAssignment)
    return parseAssignment();
  InFlightDiagnostic error = expected("a statement: name = ..., if, repeat or return");
  if (peek().kind == TokenKind::Identifier && !peek().startsLine)
    error << "; is there a '->' missing before it?";
  return error;
}

FailureOr<Statement> Parser::parseAssignment() {
  Statement statement{Statement::Kind::Assign, peek().location, {}, {}, {}, {}};
  do {
    FailureOr<Token> name = expectName("a name");
    if (failed(name))
      return failure();
    statement.names.push_back(name->text.str());
  } while (takeIf(","));
  if (failed(expect("=", "and a value")) || failed(append(statement.values, parseExpression())))
    return failure();
  return statement;
}

FailureOr<Statement> Parser::parseIf() {
  Statement statement{Statement::Kind::If, take().location, {}, {}, {}, {}};
  if (failed(append(statement.values, parseExpression())))
    return failure();
  FailureOr<Body> body = parseBody("the if");
  if (failed(body))
    return failure();
  statement.body = std::move(*body);
  if (!takeIf("else"))
    return statement;
  if (peek().is("if")) {
    if (++depth > mostBodies)
      return emitError(peek().location) << "more than " << mostBodies << " times else if";
    FailureOr<Statement> next = parseIf();
    --depth;
    if (failed(append(statement.otherwise, std::move(next))))
      return failure();
    return statement;
  }
  FailureOr<Body> otherwise = parseBody("the else");
  if (failed(otherwise))
    return failure();
  statement.otherwise = std::move(*otherwise);
  return statement;
}

FailureOr<Statement> Parser::parseRepeat() {
  Statement statement{Statement::Kind::Repeat, take().location, {}, {}, {}, {}};
  if (failed(append(statement.values, parseExpression())))
    return failure();
  FailureOr<Body> body = parseBody("the repeat");
  if (failed(body))
    return failure();
  statement.body = std::move(*body);
  return statement;
}

FailureOr<Statement> Parser::parseReturn() {
  Statement statement{Statement::Kind::Return, take().location, {}, {}, {}, {}};
  do {
    if (failed(append(statement.values, parseExpression())))
      return failure();
  } while (takeIf(","));
  return statement;
}

} // namespace cnnc
