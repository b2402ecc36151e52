// What the exported functions of a library share: their arguments in arrays, checks, and the calls
// of a FunctionPlan.
#pragma once

#include "compiler/codegen/LowerCalls.h"
#include "compiler/codegen/StatusChain.h"
#include "compiler/codegen/Symbols.h"

#include <map>

namespace cnnc {

/// The values of `count` sizes in an array.
std::vector<mlir::Value> loadSizes(ModuleBuilder &m, mlir::Value array, size_t count);

/// Stores `values` into an array of 8-byte elements on the stack; null where there are none.
mlir::Value storeArray(ModuleBuilder &m, const std::vector<mlir::Value> &values,
                       mlir::Type elementType);

/// The status of cnnrt_check_pointers.
mlir::Value checkPointers(ModuleBuilder &m, mlir::Value pointers, size_t count);
/// The same of pointers that are in no array.
mlir::Value checkPointers(ModuleBuilder &m, const std::vector<mlir::Value> &pointers);

/// What cnnrt_begin or, with another name, its companion takes.
struct CallArguments {
  mlir::Value sizes, workspace, workspaceBytes, exec;
};
mlir::Value beginCall(ModuleBuilder &m, const std::string &begin, const Symbols &symbols,
                      mlir::Value context, const CallArguments &arguments);

/// The calls of `function` through an emitter made for it; `chain` stops at the first that fails.
/// `sizes` is the array of the plan's.
void lowerCalls(ModuleBuilder &m, const NetworkPlan &plan, const FunctionPlan &function,
                CallEmitter &calls, mlir::Value sizes, StatusChain &chain);

/// size_t SYMBOL_array(const int64_t *sizes, int threads), internal, and the exported SYMBOL with
/// each size an argument. `bytes` is an expression of the sizes and, behind them, of the threads.
void lowerWorkspaceBytes(ModuleBuilder &m, const NetworkPlan &plan, const std::string &symbol,
                         const std::string &arraySymbol, const SizeExpr &bytes);

/// What a call of `function` needs of the workspace, with the threads as the symbol behind the
/// sizes.
SizeExpr workspaceOf(const NetworkPlan &plan, const FunctionPlan &function);

} // namespace cnnc
