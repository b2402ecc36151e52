#include "compiler/codegen/LowerFunction.h"

namespace cnnc {

namespace LLVM = mlir::LLVM;

std::vector<mlir::Value> loadSizes(ModuleBuilder &m, mlir::Value array, size_t count) {
  std::vector<mlir::Value> sizes;
  for (size_t k = 0; k < count; ++k)
    sizes.push_back(m.load(m.i64, m.advance(array, 8 * static_cast<int64_t>(k))));
  return sizes;
}

mlir::Value storeArray(ModuleBuilder &m, const std::vector<mlir::Value> &values,
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

mlir::Value checkPointers(ModuleBuilder &m, mlir::Value pointers, size_t count) {
  auto check = m.declare("cnnrt_check_pointers", m.i32, {m.pointer, m.i32});
  return m.call(check, {pointers, m.constant(m.i32, static_cast<int64_t>(count))});
}

mlir::Value checkPointers(ModuleBuilder &m, const std::vector<mlir::Value> &pointers) {
  return checkPointers(m, storeArray(m, pointers, m.pointer), pointers.size());
}

mlir::Value beginCall(ModuleBuilder &m, const std::string &begin, const Symbols &symbols,
                      mlir::Value context, const CallArguments &arguments) {
  mlir::Type p = m.pointer;
  auto function = m.declare(begin, m.i32, {p, p, p, p, m.i64, p});
  return m.call(function, {context, m.addressOf(symbols.descriptor()), arguments.sizes,
                           arguments.workspace, arguments.workspaceBytes, arguments.exec});
}

void lowerCalls(ModuleBuilder &m, const NetworkPlan &plan, const FunctionPlan &function,
                CallEmitter &calls, mlir::Value sizes, StatusChain &chain) {
  SizeEmitter emitter(m, loadSizes(m, sizes, plan.sizes.size()));
  for (const KernelCall &call : function.calls)
    chain.check(calls.emit(call, emitter));
}

static void lowerWorkspaceBytesArray(ModuleBuilder &m, const NetworkPlan &plan,
                                     const std::string &symbol, const SizeExpr &bytes) {
  auto check = m.declare("cnnrt_check_arguments", m.i32, {m.pointer, m.pointer, m.i32});
  auto function = m.define(symbol, m.i64, {m.pointer, m.i32}, /*isExported=*/false);
  mlir::Value sizes = function.getArgument(0), threads = function.getArgument(1);
  mlir::Value status = m.call(check, {m.addressOf(Symbols(plan).descriptor()), sizes, threads});
  mlir::Value failed =
      LLVM::ICmpOp::create(m.builder, LLVM::ICmpPredicate::ne, status, m.constant(m.i32, 0));
  mlir::OpBuilder::InsertPoint here = m.builder.saveInsertionPoint();
  mlir::Block *failure = m.builder.createBlock(&function.getBody(), function.getBody().end());
  m.ret(m.constant(m.i64, 0));
  mlir::Block *success = m.builder.createBlock(&function.getBody(), function.getBody().end());
  m.builder.restoreInsertionPoint(here);
  LLVM::CondBrOp::create(m.builder, failed, failure, success);

  m.builder.setInsertionPointToEnd(success);
  std::vector<mlir::Value> values = loadSizes(m, sizes, plan.sizes.size());
  values.push_back(LLVM::SExtOp::create(m.builder, m.i64, threads));
  m.ret(SizeEmitter(m, values).emit(max(bytes, CNNRT_WORKSPACE_ALIGNMENT)));
}

void lowerWorkspaceBytes(ModuleBuilder &m, const NetworkPlan &plan, const std::string &symbol,
                         const std::string &arraySymbol, const SizeExpr &bytes) {
  lowerWorkspaceBytesArray(m, plan, arraySymbol, bytes);
  std::vector<mlir::Type> types(plan.sizes.size(), m.i64);
  types.push_back(m.i32);
  auto function = m.define(symbol, m.i64, types, /*isExported=*/true);
  std::vector<mlir::Value> sizes(function.getArguments().begin(),
                                 function.getArguments().end() - 1);
  mlir::Value array = storeArray(m, sizes, m.i64);
  auto ofArray = m.declare(arraySymbol, m.i64, {});
  m.ret(m.call(ofArray, {array, function.getArguments().back()}));
}

SizeExpr workspaceOf(const NetworkPlan &plan, const FunctionPlan &function) {
  SizeExpr threads = SizeExpr::symbol(static_cast<int>(plan.sizes.size()));
  return roundUp(function.arenaBytes, 64) + roundUp(function.sharedScratch, 64) +
         threads * roundUp(function.workerScratch, 64);
}

} // namespace cnnc
