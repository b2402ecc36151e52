// The end of the MLIR part: a module after plan-memory as plain data for code generation.
#pragma once

#include "compiler/codegen/NetworkPlan.h"

#include "mlir/IR/BuiltinOps.h"

namespace cnnc {

/// The plan of the module's network, and of its training where it has that: the calls of a function
/// are its kernel.fused ops in order. Packs the weights. The module must have been through every
/// stage up to plan-memory, for this target.
NetworkPlan readPlan(mlir::ModuleOp module, const Target &target);

/// `name` as a C identifier: other characters become '_', a leading digit gets one before it.
std::string toIdentifier(llvm::StringRef name);

} // namespace cnnc
