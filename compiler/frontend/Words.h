// The words of `.cnn` and of the C++ builder: one per op of the `cnn` dialect, made from its
// records.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace cnnc {

/// What is written for an argument and what becomes of it: see CallArg in CNNDialect.td.
enum class ArgumentKind {
  Int,
  Float,
  Flag,
  Name,
  Ints,
  PerDim,
  Padding,
  Dim,
  Dims,
  Init,
  Type,
  Shape,
};

/// One argument of a word behind its tensors.
struct WordArgument {
  llvm::StringRef name;
  ArgumentKind kind;
  llvm::StringRef fallback;  ///< As `.cnn` text, or another argument's name; "" = must be given.
  llvm::StringRef attribute; ///< Of the op; one that the op does not have is for its parameters.
};

/// A tensor that a word takes.
struct WordOperand {
  llvm::StringRef name;
  bool isOptional;
  bool isVariadic;  ///< Any number of them; only the last operand.
  bool isParameter; ///< The layer makes it, unless the user gives it.
  bool isFloat;     ///< Takes floating-point elements only.
  int rank;         ///< Number of dims it must have; -1 for any.
};

struct Word {
  llvm::StringRef name; ///< Also the op's name in the dialect.
  llvm::ArrayRef<WordOperand> operands;
  llvm::ArrayRef<WordArgument> arguments;
  llvm::StringRef summary;

  /// True where the op has parameters of its own.
  bool isLayer() const { return !operands.empty() && operands.back().isParameter; }
  const WordArgument *findArgument(llvm::StringRef argument) const;
  const WordOperand *findOperand(llvm::StringRef operand) const;
  /// "conv(input, channels, kernel, stride = 1)": for messages.
  std::string signature() const;
};

/// Every word, by name.
llvm::ArrayRef<Word> allWords();
std::vector<std::string> wordNames();
/// The word called `name`, or null.
const Word *findWord(llvm::StringRef name);

} // namespace cnnc
