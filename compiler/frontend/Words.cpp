#include "compiler/frontend/Words.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace cnnc {

#include "compiler/frontend/Words.inc"

llvm::ArrayRef<Word> allWords() { return words; }

std::vector<std::string> wordNames() {
  std::vector<std::string> names;
  for (const Word &word : words)
    names.push_back(word.name.str());
  return names;
}

template <typename Range> static auto *findNamed(const Range &range, llvm::StringRef name) {
  auto it = llvm::find_if(range, [&](const auto &item) { return item.name == name; });
  return it == std::end(range) ? nullptr : &*it;
}

const Word *findWord(llvm::StringRef name) { return findNamed(words, name); }

const WordArgument *Word::findArgument(llvm::StringRef argument) const {
  return findNamed(arguments, argument);
}

const WordOperand *Word::findOperand(llvm::StringRef operand) const {
  return findNamed(operands, operand);
}

std::string Word::signature() const {
  std::vector<std::string> parts;
  for (const WordOperand &operand : operands)
    if (!operand.isParameter)
      parts.push_back(operand.name.str() + (operand.isVariadic ? "..." : ""));
  for (const WordArgument &argument : arguments)
    parts.push_back(argument.name.str() +
                    (argument.fallback.empty() ? "" : " = " + argument.fallback.str()));
  return name.str() + "(" + llvm::join(parts, ", ") + ")";
}

} // namespace cnnc
