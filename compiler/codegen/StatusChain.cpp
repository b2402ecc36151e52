#include "compiler/codegen/StatusChain.h"

namespace cnnc {

namespace LLVM = mlir::LLVM;

StatusChain::StatusChain(ModuleBuilder &m, LLVM::LLVMFuncOp function) : m(m) {
  mlir::OpBuilder::InsertionGuard guard(m.builder);
  exit = m.builder.createBlock(&function.getBody(), function.getBody().end(), {m.i32},
                               {m.builder.getLoc()});
  m.ret(exit->getArgument(0));
}

void StatusChain::check(mlir::Value status) {
  mlir::Value failed =
      LLVM::ICmpOp::create(m.builder, LLVM::ICmpPredicate::ne, status, m.constant(m.i32, 0));
  mlir::OpBuilder::InsertPoint here = m.builder.saveInsertionPoint();
  mlir::Block *next = m.builder.createBlock(exit);
  m.builder.restoreInsertionPoint(here);
  LLVM::CondBrOp::create(m.builder, failed, exit, mlir::ValueRange(status), next,
                         mlir::ValueRange());
  m.builder.setInsertionPointToEnd(next);
}

void StatusChain::finish() {
  LLVM::BrOp::create(m.builder, mlir::ValueRange(m.constant(m.i32, 0)), exit);
}

} // namespace cnnc
