// Generated code that stops at the first status that is not 0.
#pragma once

#include "compiler/codegen/ModuleBuilder.h"

namespace cnnc {

/// A function that returns the first status that is not 0, and 0 at its end.
class StatusChain {
public:
  /// To be made at the beginning of the function's body.
  StatusChain(ModuleBuilder &m, mlir::LLVM::LLVMFuncOp function);

  /// Code after this runs only if `status` is 0.
  void check(mlir::Value status);
  /// Ends the function.
  void finish();

private:
  ModuleBuilder &m;
  mlir::Block *exit;
};

} // namespace cnnc
