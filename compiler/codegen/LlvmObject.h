// From a module in the LLVM dialect to an object file, by LLVM.
#pragma once

#include "compiler/support/Result.h"
#include "compiler/support/Target.h"

#include <mlir/IR/BuiltinOps.h>

#include <memory>
#include <string>

namespace llvm {
class MCTargetOptions;
class Target;
} // namespace llvm

namespace cnnc {

/// What LLVM needs to know of a target. It may stand for code that runs before the CPU has been
/// asked for its features, so only those of the architecture's baseline are used.
struct LlvmTarget {
  const llvm::Target *target = nullptr;
  std::string triple;
  std::string features;
  std::string abi; ///< Empty: the architecture's only one.
};

/// LLVM's part for `target`, ready for use. Fails where this LLVM was built without it.
Result<LlvmTarget> llvmTarget(const Target &target);

/// The object file of `module`: position-independent, optimised, the same bytes for the same input.
Result<std::string> compileModule(mlir::ModuleOp module, const Target &target);

} // namespace cnnc
