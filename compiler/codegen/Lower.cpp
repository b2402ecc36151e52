#include "compiler/codegen/Lower.h"

#include "compiler/codegen/LlvmObject.h"
#include "compiler/codegen/LowerCalls.h"
#include "compiler/codegen/LowerDescriptor.h"
#include "compiler/codegen/LowerSizes.h"
#include "compiler/codegen/ModuleBuilder.h"
#include "compiler/codegen/Symbols.h"

#include "cnnrt_generated.h"

#include <mlir/IR/Verifier.h>

namespace cnnc {

namespace LLVM = mlir::LLVM;

namespace {
/// A function that returns the first status that is not 0, and 0 at its end.
class StatusChain {
public:
  StatusChain(ModuleBuilder &m, LLVM::LLVMFuncOp function) : m(m), function(function) {
    mlir::OpBuilder::InsertionGuard guard(m.builder);
    exit = m.builder.createBlock(&function.getBody(), function.getBody().end(), {m.i32},
                                 {m.builder.getLoc()});
    m.ret(exit->getArgument(0));
  }

  /// Code after this runs only if `status` is 0.
  void check(mlir::Value status) {
    mlir::Value failed =
        LLVM::ICmpOp::create(m.builder, LLVM::ICmpPredicate::ne, status, m.constant(m.i32, 0));
    mlir::OpBuilder::InsertPoint here = m.builder.saveInsertionPoint();
    mlir::Block *next = m.builder.createBlock(exit);
    m.builder.restoreInsertionPoint(here);
    LLVM::CondBrOp::create(m.builder, failed, exit, mlir::ValueRange(status), next,
                           mlir::ValueRange());
    m.builder.setInsertionPointToEnd(next);
  }

  void finish() { LLVM::BrOp::create(m.builder, mlir::ValueRange(m.constant(m.i32, 0)), exit); }

private:
  ModuleBuilder &m;
  LLVM::LLVMFuncOp function;
  mlir::Block *exit;
};
} // namespace

static std::vector<mlir::Value> loadSizes(ModuleBuilder &m, mlir::Value array, size_t count) {
  std::vector<mlir::Value> sizes;
  for (size_t k = 0; k < count; ++k)
    sizes.push_back(m.load(m.i64, m.advance(array, 8 * static_cast<int64_t>(k))));
  return sizes;
}

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

/// int NAME_run_arrays([weights,] inputs, outputs, sizes, workspace, workspace_bytes, exec)
static void lowerRunArrays(ModuleBuilder &m, const NetworkPlan &plan, const Symbols &symbols) {
  mlir::Type p = m.pointer;
  auto checkPointers = m.declare("cnnrt_check_pointers", m.i32, {p, m.i32});
  auto begin = m.declare("cnnrt_begin", m.i32, {p, p, p, p, m.i64, p});
  std::vector<mlir::Type> types = {p, p, p, p, m.i64, p};
  const unsigned first = plan.weightsHeader ? 1 : 0;
  types.insert(types.begin(), first, p);
  auto function = m.define(symbols.runArrays(), m.i32, types, /*isExported=*/false);
  auto argument = [&](unsigned index) -> mlir::Value {
    return function.getArgument(first + index);
  };
  mlir::Value context = m.stack(CNNRT_CONTEXT_BYTES, CNNRT_CONTEXT_ALIGNMENT);
  mlir::Value weights = weightsAddress(m, plan, symbols, function);
  CallEmitter calls(m, plan, {argument(0), argument(1), argument(3), weights, context});

  auto count = [&](size_t n) { return m.constant(m.i32, static_cast<int64_t>(n)); };
  StatusChain chain(m, function);
  if (plan.weightsHeader)
    chain.check(checkWeights(m, symbols, function.getArgument(0)));
  chain.check(m.call(checkPointers, {argument(0), count(plan.inputs.size())}));
  chain.check(m.call(checkPointers, {argument(1), count(plan.outputs.size())}));
  chain.check(m.call(begin, {context, m.addressOf(symbols.descriptor()), argument(2), argument(3),
                             argument(4), argument(5)}));
  SizeEmitter sizes(m, loadSizes(m, argument(2), plan.sizes.size()));
  for (const KernelCall &call : plan.calls)
    chain.check(calls.emit(call, sizes));
  chain.finish();
}

/// Stores `values` into an array of 8-byte elements on the stack; null where there are none.
static mlir::Value storeArray(ModuleBuilder &m, const std::vector<mlir::Value> &values,
                              mlir::Type elementType) {
  if (values.empty())
    return m.null();
  auto count = m.constant(m.i32, static_cast<int64_t>(values.size()));
  mlir::Value array = LLVM::AllocaOp::create(m.builder, m.pointer, elementType, count);
  for (size_t index = 0; index < values.size(); ++index)
    m.store(values[index],
            LLVM::GEPOp::create(m.builder, m.pointer, elementType, array,
                                mlir::ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(index)}));
  return array;
}

/// int NAME_run([const void *weights,] <inputs>, <outputs>, <sizes>, void *workspace,
///              size_t workspace_bytes, const cnnrt_exec *exec)
static void lowerRun(ModuleBuilder &m, const NetworkPlan &plan, const Symbols &symbols) {
  const size_t first = plan.weightsHeader ? 1 : 0;
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

/// size_t NAME_workspace_bytes_array(const int64_t *sizes, int threads)
static void lowerWorkspaceBytesArray(ModuleBuilder &m, const NetworkPlan &plan,
                                     const Symbols &symbols) {
  auto check = m.declare("cnnrt_check_arguments", m.i32, {m.pointer, m.pointer, m.i32});
  auto function = m.define(symbols.workspaceBytesArray(), m.i64, {m.pointer, m.i32}, false);
  mlir::Value sizes = function.getArgument(0), threads = function.getArgument(1);
  mlir::Value status = m.call(check, {m.addressOf(symbols.descriptor()), sizes, threads});
  mlir::Value failed =
      LLVM::ICmpOp::create(m.builder, LLVM::ICmpPredicate::ne, status, m.constant(m.i32, 0));
  mlir::OpBuilder::InsertPoint here = m.builder.saveInsertionPoint();
  mlir::Block *failure = m.builder.createBlock(&function.getBody(), function.getBody().end());
  m.ret(m.constant(m.i64, 0));
  mlir::Block *success = m.builder.createBlock(&function.getBody(), function.getBody().end());
  m.builder.restoreInsertionPoint(here);
  LLVM::CondBrOp::create(m.builder, failed, failure, success);

  m.builder.setInsertionPointToEnd(success);
  // The threads are one more symbol.
  std::vector<mlir::Value> values = loadSizes(m, sizes, plan.sizes.size());
  SizeExpr threadCount = SizeExpr::symbol(static_cast<int>(values.size()));
  values.push_back(LLVM::SExtOp::create(m.builder, m.i64, threads));
  SizeExpr total = roundUp(plan.arenaBytes, 64) + roundUp(plan.sharedScratch, 64) +
                   threadCount * roundUp(plan.workerScratch, 64);
  m.ret(SizeEmitter(m, values).emit(max(total, CNNRT_WORKSPACE_ALIGNMENT)));
}

/// size_t NAME_workspace_bytes(<sizes>, int threads)
static void lowerWorkspaceBytes(ModuleBuilder &m, const NetworkPlan &plan, const Symbols &symbols) {
  std::vector<mlir::Type> types(plan.sizes.size(), m.i64);
  types.push_back(m.i32);
  auto function = m.define(symbols.workspaceBytes(), m.i64, types, /*isExported=*/true);
  std::vector<mlir::Value> sizes(function.getArguments().begin(),
                                 function.getArguments().end() - 1);
  mlir::Value array = storeArray(m, sizes, m.i64);
  auto bytes = m.declare(symbols.workspaceBytesArray(), m.i64, {});
  m.ret(m.call(bytes, {array, function.getArguments().back()}));
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
  lowerWorkspaceBytesArray(module, plan, symbols);
  lowerWorkspaceBytes(module, plan, symbols);
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
