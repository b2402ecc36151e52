// Calculating with numbers and sizes while a network is built.
#pragma once

#include "compiler/frontend/CallValue.h"

namespace cnnc {

/// == != < <= > >=
bool isComparison(llvm::StringRef operation);

/// `left operation right` of values that are no tensors. Whole numbers give whole numbers, except
/// that `/` of numbers that do not divide gives a fraction; `//` divides rounding down, and `%` is
/// what it leaves. Sizes known only at run time give such sizes, and can not be compared. Fails
/// with a diagnostic at `location`, which calls sizes by `sizeNames`.
mlir::FailureOr<CallValue> calculate(llvm::StringRef operation, const CallValue &left,
                                     const CallValue &right, llvm::ArrayRef<std::string> sizeNames,
                                     mlir::Location location);

} // namespace cnnc
