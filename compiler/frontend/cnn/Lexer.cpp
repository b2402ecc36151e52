#include "compiler/frontend/cnn/Lexer.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace cnnc {

namespace {
class Lexer {
public:
  Lexer(MLIRContext *context, StringRef file, StringRef text)
      : file(StringAttr::get(context, file)), text(text) {}

  FailureOr<std::vector<Token>> run();

private:
  void skipBlanks();
  FailureOr<Token> next();
  Token nextNumber();
  FailureOr<Token> nextString();
  Token take(TokenKind kind, size_t length);
  size_t lengthOf(size_t begin, function_ref<bool(char)> belongs) const;
  char at(size_t place) const { return place < text.size() ? text[place] : '\0'; }
  FileLineColRange location(size_t length) const;

  StringAttr file;
  StringRef text;
  size_t position = 0;
  size_t lineBegin = 0;
  unsigned line = 1;
  bool startsLine = true;
};
} // namespace

static bool isNameLetter(char c) { return llvm::isAlnum(c) || c == '_'; }
static bool isDigit(char c) { return llvm::isDigit(c); }

FileLineColRange Lexer::location(size_t length) const {
  unsigned column = position - lineBegin + 1;
  return FileLineColRange::get(file, line, column, column + length);
}

size_t Lexer::lengthOf(size_t begin, function_ref<bool(char)> belongs) const {
  size_t end = begin;
  while (end < text.size() && belongs(text[end]))
    ++end;
  return end - begin;
}

Token Lexer::take(TokenKind kind, size_t length) {
  Token token{kind, text.substr(position, length), location(length), startsLine};
  position += length;
  startsLine = false;
  return token;
}

void Lexer::skipBlanks() {
  while (position < text.size()) {
    char c = text[position];
    if (c == '#') {
      position += lengthOf(position, [](char c) { return c != '\n'; });
    } else if (c == '\n') {
      lineBegin = ++position;
      ++line;
      startsLine = true;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++position;
    } else {
      return;
    }
  }
}

/// 12, 0.5, 1e-5, or a kernel: 3x3, 1x3x3.
Token Lexer::nextNumber() {
  size_t end = position + lengthOf(position, isDigit);
  if (at(end) == 'x' && isDigit(at(end + 1))) {
    while (at(end) == 'x' && isDigit(at(end + 1)))
      end += 1 + lengthOf(end + 1, isDigit);
    return take(TokenKind::Kernel, end - position);
  }
  TokenKind kind = TokenKind::Integer;
  if (at(end) == '.' && isDigit(at(end + 1))) {
    kind = TokenKind::Float;
    end += 1 + lengthOf(end + 1, isDigit);
  }
  size_t sign = at(end + 1) == '-' || at(end + 1) == '+';
  if ((at(end) == 'e' || at(end) == 'E') && isDigit(at(end + 1 + sign))) {
    kind = TokenKind::Float;
    end += 1 + sign + lengthOf(end + 1 + sign, isDigit);
  }
  return take(kind, end - position);
}

FailureOr<Token> Lexer::nextString() {
  size_t length = lengthOf(position + 1, [](char c) { return c != '"' && c != '\n'; });
  if (at(position + 1 + length) != '"')
    return emitError(location(1 + length)) << "the string does not end; close it with \"";
  Token token = take(TokenKind::String, length + 2);
  token.text = token.text.drop_front().drop_back();
  return token;
}

FailureOr<Token> Lexer::next() {
  char c = text[position];
  if (llvm::isAlpha(c) || c == '_')
    return take(TokenKind::Identifier, lengthOf(position, isNameLetter));
  if (isDigit(c) || (c == '.' && isDigit(at(position + 1))))
    return nextNumber();
  if (c == '"')
    return nextString();
  for (StringRef symbol : {"->", "//", "==", "!=", "<=", ">="})
    if (text.substr(position).starts_with(symbol))
      return take(TokenKind::Symbol, 2);
  // What means nothing is found by the parser, which knows what belongs there.
  if (llvm::isPrint(c))
    return take(TokenKind::Symbol, 1);
  return emitError(location(1)) << "the byte " << static_cast<int>(static_cast<unsigned char>(c))
                                << " has no meaning here; outside of comments and strings the "
                                   "text is ASCII";
}

FailureOr<std::vector<Token>> Lexer::run() {
  std::vector<Token> tokens;
  for (skipBlanks(); position < text.size(); skipBlanks()) {
    FailureOr<Token> token = next();
    if (failed(token))
      return failure();
    tokens.push_back(*token);
  }
  startsLine = true;
  tokens.push_back(take(TokenKind::End, 0));
  return tokens;
}

FailureOr<std::vector<Token>> tokenize(MLIRContext *context, StringRef file, StringRef text) {
  return Lexer(context, file, text).run();
}

} // namespace cnnc
