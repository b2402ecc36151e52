// Sizes in generated code: expressions become integer ops.
#pragma once

#include "compiler/codegen/ModuleBuilder.h"
#include "compiler/support/SizeExpr.h"

#include <map>
#include <string>
#include <vector>

namespace cnnc {

/// Writes size expressions as ops of a function, equal ones once: so all must be asked for at
/// places that are dominated by those before.
class SizeEmitter {
public:
  /// `symbols` are the i64 values of the sizes. With `saturate`, products are made by
  /// cnnrt_multiply_sizes: for sizes that have not been checked and may overflow.
  SizeEmitter(ModuleBuilder &module, std::vector<mlir::Value> symbols, bool saturate = false);

  /// The value as an i64; division rounds down, and by 0 it gives what division by 1 does.
  mlir::Value emit(const SizeExpr &size);
  /// The value as an i32, in which it must fit.
  mlir::Value emit32(const SizeExpr &size);

private:
  mlir::Value emitBinary(const SizeExpr &size);
  mlir::Value multiply(mlir::Value a, mlir::Value b);
  mlir::Value divide(const SizeExpr &size, mlir::Value a, mlir::Value b);
  mlir::Value divisor(const SizeExpr &size);

  ModuleBuilder &module;
  std::vector<mlir::Value> symbols;
  bool saturate;
  std::map<std::string, mlir::Value> emitted, emitted32;
};

} // namespace cnnc
