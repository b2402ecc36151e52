// The arguments of a call, from what the user wrote to the op's attributes.
#pragma once

#include "compiler/frontend/CallValue.h"
#include "compiler/frontend/Words.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"

#include <map>

namespace cnnc {

/// A value in a call, where it stands, and the name it is given under ("" by position).
struct CallArgument {
  std::string name;
  CallValue value;
  mlir::Location location; ///< Of the value.
  mlir::Location whole;    ///< With the name.
};

/// What all arguments of one call amount to.
struct CallAttributes {
  llvm::SmallVector<mlir::NamedAttribute> attributes; ///< Of the op, under the op's names.
  mlir::DictionaryAttr arguments;                     ///< For Layer::inferParameters, under theirs.
  std::optional<llvm::SmallVector<cnn::Size>> shape;  ///< Of the result, where the word says it.
  mlir::Type elementType;                             ///< Of the result, where the word says it.
};

/// True where the argument is an attribute of the op; false where it only tells how to make a
/// layer's parameters, or what the result is.
bool becomesAttribute(const Word &word, const WordArgument &argument, mlir::MLIRContext *context);

/// Turns the arguments `given` (one per argument of the word at most, by its name) of a call on
/// `input` into attributes, filling fallbacks in. `kernel` is the window of a filter that the user
/// gives as a tensor; then nothing is asked that follows from the filter. Failures are diagnostics
/// at the argument, or at `location` for what is missing.
mlir::FailureOr<CallAttributes>
makeAttributes(const Word &word, mlir::RankedTensorType input,
               const std::map<std::string, const CallArgument *> &given,
               std::optional<llvm::ArrayRef<int64_t>> kernel, mlir::Location location);

} // namespace cnnc
