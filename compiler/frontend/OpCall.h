// One call of a word, as `.cnn` and the C++ builder make it: tensors and arguments become an op,
// and the constants that are its parameters.
#pragma once

#include "compiler/frontend/Arguments.h"
#include "compiler/frontend/Weights.h"

#include "mlir/IR/Builders.h"

namespace cnnc {

/// A word with what is handed to it, in the order written: tensors first, then arguments, or either
/// by name.
struct OpCall {
  const Word &word;
  std::vector<CallArgument> arguments;
  mlir::Location location;
};

/// What a call needs of the network around it.
struct CallContext {
  mlir::OpBuilder &builder; ///< Where ops go.
  Weights &weights;
  /// The path that parameters are named after ("stem.conv"); asked once, by layers that make
  /// theirs.
  llvm::function_ref<mlir::FailureOr<std::string>()> claimPath;
};

/// Builds the op and returns its result, a tensor. A layer that is given no parameters makes them.
/// Numbers where a tensor is expected (`sub(x, 127)`) become constants. Failures are diagnostics of
/// the context, at the argument in question or at the call. The op of a layer that makes parameters
/// has their path as the name of its location.
mlir::FailureOr<mlir::Value> buildOp(const OpCall &call, const CallContext &context);

/// A number as a tensor without dims.
mlir::Value buildScalar(mlir::OpBuilder &builder, mlir::Location location, double number,
                        mlir::Type elementType);

} // namespace cnnc
