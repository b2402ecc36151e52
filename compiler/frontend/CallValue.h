// What stands in a call: the values that `.cnn` computes with while it builds a network, and that
// the C++ builder hands over.
#pragma once

#include "dialects/cnn/Sizes.h"

#include "mlir/IR/Value.h"

#include <string>
#include <variant>
#include <vector>

namespace cnnc {

struct CallValue;

/// A bare word: `same`, `reflect`, `f32`. `hint` ends the sentence that it is none of the names in
/// scope: "; did you mean 'x'?".
struct NameValue {
  std::string text;
  std::string hint;
};

/// `[1, 2, 3]`, or `3x3`.
struct ListValue {
  std::vector<CallValue> elements;
};

/// One value. Whole numbers, sizes that are known only at run time, fractions, yes/no, names,
/// lists, and tensors (values of the network under construction).
struct CallValue {
  std::variant<int64_t, double, bool, NameValue, ListValue, cnn::Size, mlir::Value> content;

  CallValue() = default;
  template <typename T> CallValue(T value) : content(std::move(value)) {}

  /// The content of that type, or null.
  template <typename T> const T *getIf() const { return std::get_if<T>(&content); }
  mlir::Value tensor() const; ///< The tensor, or null.
  bool isNumber() const;      ///< A whole number or a fraction.
  double toDouble() const;    ///< Needs isNumber().
};

/// How a message calls what is written: "the number 3", "a tensor", "the name 'same'".
std::string describe(const CallValue &value);

/// A size that is a number is one: 7 instead of an expression that says 7.
CallValue fromSize(cnn::Size size);

/// Spells sizes as the user does, with the names of the symbolic ones: "(H + 1) // 2".
std::string spellSize(cnn::Size size, llvm::ArrayRef<std::string> sizeNames);
/// "f32[N, 16, H // 2, W // 2]".
std::string spellType(mlir::RankedTensorType type, llvm::ArrayRef<std::string> sizeNames);

/// The element type of a name (f32, u8, ...), or null.
mlir::Type elementTypeNamed(mlir::MLIRContext *context, llvm::StringRef name);
/// Its name.
std::string elementTypeName(mlir::Type type);
/// All names that elementTypeNamed knows.
std::vector<std::string> elementTypeNames();

} // namespace cnnc
