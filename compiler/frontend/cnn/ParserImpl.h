// The parser behind Parser.h: one function per rule of the grammar in docs/language.md.
//
// Statements are in Parser.cpp, expressions in ParseExpressions.cpp. A function that fails has
// reported why.
#pragma once

#include "compiler/frontend/cnn/Parser.h"

#include "mlir/IR/Diagnostics.h"

namespace cnnc {

class Parser {
public:
  explicit Parser(llvm::ArrayRef<Token> tokens) : tokens(tokens) {}
  mlir::FailureOr<syntax::File> parseFile();

private:
  using ExpressionResult = mlir::FailureOr<syntax::ExpressionPointer>;

  // Declarations.
  mlir::LogicalResult parseDeclaration(syntax::File &file);
  mlir::FailureOr<syntax::FileName> parseFileName(llvm::StringRef what);
  mlir::FailureOr<syntax::Import> parseImport();
  mlir::FailureOr<syntax::BlockDefinition> parseBlock();
  mlir::FailureOr<syntax::BlockParameter> parseBlockParameter();
  mlir::FailureOr<syntax::Network> parseNetwork();
  mlir::FailureOr<syntax::Train> parseTrain();
  mlir::LogicalResult parseTrainStatement(syntax::Train &train);
  mlir::FailureOr<syntax::Border> parseInput();
  mlir::LogicalResult parseOutputs(syntax::Network &network);
  mlir::FailureOr<syntax::Border> parseOutput();
  mlir::FailureOr<syntax::DeclaredType> parseType();
  mlir::FailureOr<syntax::Dim> parseDim();

  // Statements.
  mlir::FailureOr<syntax::Body> parseBody(llvm::StringRef of);
  mlir::FailureOr<syntax::Statement> parseStatement();
  mlir::FailureOr<syntax::Statement> parseAssignment();
  mlir::FailureOr<syntax::Statement> parseIf();
  mlir::FailureOr<syntax::Statement> parseRepeat();
  mlir::FailureOr<syntax::Statement> parseReturn();

  // Expressions, the loosest binding first.
  ExpressionResult parseExpression(); // a -> conv(...) -> relu
  ExpressionResult parseBinary(size_t level);
  ExpressionResult parseSigned();
  ExpressionResult parsePrefix(llvm::function_ref<ExpressionResult()> parseOperand);
  ExpressionResult parsePrimary();
  ExpressionResult parseNumber();
  ExpressionResult parseKernel();
  ExpressionResult parseList();
  ExpressionResult parseParenthesised();
  mlir::FailureOr<syntax::Call> parseCall(bool isPiped);
  mlir::FailureOr<syntax::Argument> parseArgument();

  // Tokens.
  const Token &peek(size_t ahead = 0) const {
    return tokens[std::min(position + ahead, tokens.size() - 1)];
  }
  Token take();
  bool takeIf(llvm::StringRef symbolOrWord);
  mlir::LogicalResult expect(llvm::StringRef symbolOrWord, llvm::StringRef where);
  mlir::FailureOr<Token> expectName(llvm::StringRef what);
  mlir::InFlightDiagnostic expected(llvm::StringRef what) const;
  /// Reads `item, item` up to `close`, which is taken; a comma may stand before it.
  mlir::LogicalResult parseListOf(llvm::StringRef close,
                                  llvm::function_ref<mlir::LogicalResult()> item);

  llvm::ArrayRef<Token> tokens;
  size_t position = 0;
  int depth = 0; ///< Of brackets and braces around `position`.
};

/// The range from the beginning of `first` to the end of `last`, or of its line.
mlir::Location joinLocations(mlir::Location first, mlir::Location last);

} // namespace cnnc
