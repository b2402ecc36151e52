// lower: the network function of a plan, as a module in the LLVM dialect and as an object file.
//
// What the generated code does is told at the top of runtime/include/cnnrt_generated.h: it checks,
// fills buffers and calls kernels, and leaves all that is the same in every network to the runtime.
//
//   NAME_run, NAME_workspace_bytes   typed entries: store their arguments into arrays
//   NAME_run_arrays                  the work: the checks, then the kernel calls in a straight line
//   NAME_network                     the descriptor
//
// Where the plan has a header of weights, they come with each call, as the first argument of
// NAME_run and NAME_run_arrays; else they are data of the library.
#pragma once

#include "compiler/codegen/NetworkPlan.h"
#include "compiler/support/Result.h"

#include <mlir/IR/BuiltinOps.h>
#include <mlir/IR/OwningOpRef.h>

#include <string>

namespace cnnc {

/// The module of the network function. Fails where the network is too large for any size.
Result<mlir::OwningOpRef<mlir::ModuleOp>> lowerNetwork(const NetworkPlan &plan,
                                                       mlir::MLIRContext &context);

/// The same as an object file for the plan's target.
Result<std::string> lowerToObject(const NetworkPlan &plan);

} // namespace cnnc
