// The text of a `.cnn` file as tokens.
#pragma once

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"

#include <string>
#include <vector>

namespace cnnc {

enum class TokenKind {
  Identifier,
  Integer,
  Float,
  Kernel,
  String,
  Symbol,
  End,
};

/// One token. `text` points into the file, except for strings, where it leaves the quotes out.
struct Token {
  TokenKind kind = TokenKind::End;
  llvm::StringRef text;
  mlir::FileLineColRange location;
  bool startsLine = false; ///< The first of its line.

  bool is(llvm::StringRef symbolOrWord) const {
    return (kind == TokenKind::Symbol || kind == TokenKind::Identifier) && text == symbolOrWord;
  }
};

/// All tokens of `text`, the last of kind End, one behind the last line. `text` must outlive them.
/// Comments run from # to the end of the line. Fails with a diagnostic at the first letter that
/// begins no token.
mlir::FailureOr<std::vector<Token>> tokenize(mlir::MLIRContext *context, llvm::StringRef file,
                                             llvm::StringRef text);

} // namespace cnnc
