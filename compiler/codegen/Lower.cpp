#include "compiler/codegen/Lower.h"

#include "compiler/codegen/LlvmObject.h"
#include "compiler/codegen/LowerDescriptor.h"
#include "compiler/codegen/LowerFunction.h"
#include "compiler/codegen/LowerTraining.h"

#include "cnnrt_generated.h"

#include <mlir/IR/Verifier.h>

namespace cnnc {

namespace LLVM = mlir::LLVM;

/// True where the numbers that are trained, or the weights, come with each call.
static bool takesWeights(const NetworkPlan &plan) { return plan.weightsHeader || plan.training; }

/// Where the weights are in memory: in the library, or behind the header of those that came with
/// the call of `runArrays`.
static mlir::Value weightsAddress(ModuleBuilder &m, const NetworkPlan &plan, const Symbols &symbols,
                                  LLVM::LLVMFuncOp runArrays) {
  if (plan.weightsHeader)
    return m.advance(runArrays.getArgument(0), sizeof(cnnrt_weights_header));
  return plan.weightBytes > 0 ? m.addressOf(symbols.weights()) : mlir::Value();
}

static mlir::Value checkWeights(ModuleBuilder &m, const Symbols &symbols, mlir::Value weights) {
  auto check = m.declare("cnnrt_check_weights", m.i32, {m.pointer, m.pointer});
  return m.call(check, {m.addressOf(symbols.weightsHeader()), weights});
}

/// int NAME_run_arrays([weights or parameters,] inputs, outputs, sizes, workspace, workspace_bytes,
///                     exec)
static void lowerRunArrays(ModuleBuilder &m, const NetworkPlan &plan, const Symbols &symbols) {
  mlir::Type p = m.pointer;
  std::vector<mlir::Type> types = {p, p, p, p, m.i64, p};
  const unsigned first = takesWeights(plan) ? 1 : 0;
  types.insert(types.begin(), first, p);
  auto function = m.define(symbols.runArrays(), m.i32, types, /*isExported=*/false);
  auto argument = [&](unsigned index) -> mlir::Value {
    return function.getArgument(first + index);
  };
  mlir::Value context = m.stack(CNNRT_CONTEXT_BYTES, CNNRT_CONTEXT_ALIGNMENT);
  CallMemory memory{{{BufferPlace::Input, argument(0)},
                     {BufferPlace::Output, argument(1)},
                     {BufferPlace::Arena, argument(3)},
                     {BufferPlace::Weights, weightsAddress(m, plan, symbols, function)}},
                    context};
  if (plan.training)
    memory.places[BufferPlace::Parameters] = function.getArgument(0);
  CallEmitter calls(m, plan, plan.run, memory);
  StatusChain chain(m, function);
  if (plan.weightsHeader)
    chain.check(checkWeights(m, symbols, function.getArgument(0)));
  if (plan.training)
    chain.check(checkPointers(m, std::vector<mlir::Value>{function.getArgument(0)}));
  chain.check(checkPointers(m, argument(0), plan.inputs.size()));
  chain.check(checkPointers(m, argument(1), plan.outputs.size()));
  chain.check(beginCall(m, "cnnrt_begin", symbols, context,
                        {argument(2), argument(3), argument(4), argument(5)}));
  lowerCalls(m, plan, plan.run, calls, argument(2), chain);
  chain.finish();
}

/// int NAME_run([const void *weights or const float *parameters,] <inputs>, <outputs>, <sizes>,
///              void *workspace, size_t workspace_bytes, const cnnrt_exec *exec)
static void lowerRun(ModuleBuilder &m, const NetworkPlan &plan, const Symbols &symbols) {
  const size_t first = takesWeights(plan) ? 1 : 0;
  std::vector<mlir::Type> types(first + plan.inputs.size() + plan.outputs.size(), m.pointer);
  types.insert(types.end(), plan.sizes.size(), m.i64);
  types.insert(types.end(), {m.pointer, m.i64, m.pointer});
  auto function = m.define(symbols.run(), m.i32, types, /*isExported=*/true);
  unsigned next = 0;
  auto take = [&](size_t count) {
    std::vector<mlir::Value> values;
    for (size_t index = 0; index < count; ++index)
      values.push_back(function.getArgument(next++));
    return values;
  };
  std::vector<mlir::Value> arguments = take(first);
  arguments.push_back(storeArray(m, take(plan.inputs.size()), m.pointer));
  arguments.push_back(storeArray(m, take(plan.outputs.size()), m.pointer));
  arguments.push_back(storeArray(m, take(plan.sizes.size()), m.i64));
  for (mlir::Value value : take(3))
    arguments.push_back(value);
  auto runArrays = m.declare(symbols.runArrays(), m.i32, {});
  m.ret(m.call(runArrays, arguments));
}

Result<mlir::OwningOpRef<mlir::ModuleOp>> lowerNetwork(const NetworkPlan &plan,
                                                       mlir::MLIRContext &context) {
  ExpressionTable expressions(plan);
  Result<std::vector<SizeRule>> rules = sizeRules(plan, expressions);
  if (!rules)
    return Error{rules.error()};
  ModuleBuilder module(context);
  const Symbols symbols(plan);
  if (plan.weightBytes > 0 && !plan.weightsHeader)
    module.declareData(symbols.weights());
  lowerRunArrays(module, plan, symbols);
  lowerRun(module, plan, symbols);
  lowerWorkspaceBytes(module, plan, symbols.workspaceBytes(), symbols.workspaceBytesArray(),
                      workspaceOf(plan, plan.run));
  if (plan.training)
    lowerTraining(module, plan, symbols);
  lowerDescriptor(module, plan, expressions, *rules);
  mlir::OwningOpRef<mlir::ModuleOp> result = module.take();
  if (mlir::failed(mlir::verify(*result)))
    return Error{"the network function does not verify: an error in cnnc"};
  return result;
}

Result<std::string> lowerToObject(const NetworkPlan &plan) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  Result<mlir::OwningOpRef<mlir::ModuleOp>> module = lowerNetwork(plan, context);
  if (!module)
    return Error{module.error()};
  return compileModule(**module, plan.target);
}

} // namespace cnnc
