#include "compiler/codegen/LowerSizes.h"

namespace cnnc {

namespace LLVM = mlir::LLVM;
using Predicate = LLVM::ICmpPredicate;

SizeEmitter::SizeEmitter(ModuleBuilder &module, std::vector<mlir::Value> symbols, bool saturate)
    : module(module), symbols(std::move(symbols)), saturate(saturate) {}

mlir::Value SizeEmitter::emit(const SizeExpr &size) {
  if (size.kind() == SizeExpr::Symbol)
    return symbols[static_cast<size_t>(size.value())];
  std::string key = size.toString();
  if (auto known = emitted.find(key); known != emitted.end())
    return known->second;
  mlir::Value value =
      size.isConstant() ? module.constant(module.i64, size.value()) : emitBinary(size);
  return emitted[key] = value;
}

mlir::Value SizeEmitter::emit32(const SizeExpr &size) {
  mlir::Value &value = emitted32[size.toString()];
  if (!value)
    value = size.isConstant() ? module.constant(module.i32, size.value())
                              : LLVM::TruncOp::create(module.builder, module.i32, emit(size));
  return value;
}

/// True where the value can not be negative whatever the sizes, all at least 1.
static bool isNonNegative(const SizeExpr &size) {
  switch (size.kind()) {
  case SizeExpr::Constant:
    return size.value() >= 0;
  case SizeExpr::Symbol:
    return true;
  case SizeExpr::Max:
    return isNonNegative(size.lhs()) || isNonNegative(size.rhs());
  case SizeExpr::Sub:
    return false;
  default:
    return isNonNegative(size.lhs()) && isNonNegative(size.rhs());
  }
}

mlir::Value SizeEmitter::multiply(mlir::Value a, mlir::Value b) {
  if (!saturate)
    return LLVM::MulOp::create(module.builder, a, b);
  auto function = module.declare("cnnrt_multiply_sizes", module.i64, {module.i64, module.i64});
  return module.call(function, {a, b});
}

/// The right side of a division, 1 in place of 0.
mlir::Value SizeEmitter::divisor(const SizeExpr &size) {
  mlir::Value value = emit(size.rhs());
  if (size.rhs().isConstant())
    return value;
  mlir::Value isZero = LLVM::ICmpOp::create(module.builder, Predicate::eq, value, emit(0));
  return LLVM::SelectOp::create(module.builder, isZero, emit(1), value);
}

/// a / b, rounded down; `size` is the expression that asks for it.
mlir::Value SizeEmitter::divide(const SizeExpr &size, mlir::Value a, mlir::Value b) {
  auto &builder = module.builder;
  if (isNonNegative(size.lhs()) && isNonNegative(size.rhs()))
    return LLVM::UDivOp::create(builder, a, b);
  // One less than what C's division gives where there is a rest of another sign than b.
  mlir::Value quotient = LLVM::SDivOp::create(builder, a, b);
  mlir::Value rest = LLVM::SRemOp::create(builder, a, b);
  mlir::Value hasRest = LLVM::ICmpOp::create(builder, Predicate::ne, rest, emit(0));
  mlir::Value signs = LLVM::XOrOp::create(builder, rest, b);
  mlir::Value differ = LLVM::ICmpOp::create(builder, Predicate::slt, signs, emit(0));
  mlir::Value correct = LLVM::AndOp::create(builder, hasRest, differ);
  mlir::Value one = LLVM::ZExtOp::create(builder, module.i64, correct);
  return LLVM::SubOp::create(builder, quotient, one);
}

mlir::Value SizeEmitter::emitBinary(const SizeExpr &size) {
  auto &builder = module.builder;
  mlir::Value a = emit(size.lhs());
  switch (size.kind()) {
  case SizeExpr::Add:
    return LLVM::AddOp::create(builder, a, emit(size.rhs()));
  case SizeExpr::Sub:
    return LLVM::SubOp::create(builder, a, emit(size.rhs()));
  case SizeExpr::Mul:
    return multiply(a, emit(size.rhs()));
  case SizeExpr::FloorDiv:
    return divide(size, a, divisor(size));
  case SizeExpr::Mod: {
    mlir::Value b = divisor(size);
    mlir::Value whole = LLVM::MulOp::create(builder, divide(size, a, b), b);
    return LLVM::SubOp::create(builder, a, whole);
  }
  default: {
    bool isMin = size.kind() == SizeExpr::Min;
    mlir::Value b = emit(size.rhs());
    mlir::Value takesA =
        LLVM::ICmpOp::create(builder, isMin ? Predicate::slt : Predicate::sgt, a, b);
    return LLVM::SelectOp::create(builder, takesA, a, b);
  }
  }
}

} // namespace cnnc
