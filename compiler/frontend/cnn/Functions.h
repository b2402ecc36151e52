// The functions of `.cnn` that are no layers: questions about tensors, and tensors written out.
#pragma once

#include "compiler/frontend/OpCall.h"

namespace cnnc {

/// `channels(x)`, `batch(x)`, `rank(x)`, `size(x, dim)`, `tensor([[1, 2], [3, 4]])`.
struct Function {
  llvm::StringRef name;
  int numArguments;
  llvm::StringRef signature;
  mlir::FailureOr<CallValue> (*evaluate)(llvm::ArrayRef<CallArgument>, mlir::OpBuilder &,
                                         mlir::Location);
};

/// The function called `name`, or null.
const Function *findFunction(llvm::StringRef name);
std::vector<std::string> functionNames();

/// Checks the number of arguments and evaluates. Fails with a diagnostic.
mlir::FailureOr<CallValue> callFunction(const Function &function,
                                        llvm::ArrayRef<CallArgument> arguments,
                                        mlir::OpBuilder &builder, mlir::Location location);

} // namespace cnnc
