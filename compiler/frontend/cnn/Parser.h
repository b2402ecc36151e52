// From tokens to the tree of Syntax.h, by recursive descent. docs/language.md has the grammar.
#pragma once

#include "compiler/frontend/cnn/Lexer.h"
#include "compiler/frontend/cnn/Syntax.h"

namespace cnnc {

/// Parses a whole file. Fails with a diagnostic at the first token that does not fit.
mlir::FailureOr<syntax::File> parse(llvm::ArrayRef<Token> tokens);

} // namespace cnnc
