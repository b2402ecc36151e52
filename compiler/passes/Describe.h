// From the IR to the plain data that kernels, the reference and lowering know.
#pragma once

#include "compiler/kernels/Kernel.h"
#include "dialects/cnn/CNNDialect.h"
#include "dialects/kernel/KernelDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace cnnc {

/// Numbers symbolic sizes in order of appearance: what a kernel calls its k-th run-time size.
/// Layers that differ only in which expressions their sizes are share a kernel so.
class SizeNumbering {
public:
  /// The dim for a TensorDescription: the size, or -1 - k.
  int64_t dimOf(cnn::Size size);
  /// The k-th symbolic size.
  llvm::ArrayRef<cnn::Size> symbols() const { return seen; }

private:
  llvm::SmallVector<cnn::Size> seen;
};

/// The size as a SizeExpr over the network's symbolic sizes.
SizeExpr toSizeExpr(cnn::Size size);

ElementType toElementType(mlir::Type type);
TensorDescription describe(mlir::RankedTensorType type, SizeNumbering &sizes);
/// The op without its operands' numbers: name, attributes, result.
OpDescription describe(mlir::Operation *op, SizeNumbering &sizes);

/// The body of a fused kernel as a graph; `sizes` afterwards tells what its symbols are.
OpGraph describe(kernel::Fused fused, SizeNumbering &sizes);

/// A function of `cnn` ops as a graph, for the reference: its inputs are the arguments, then the
/// constants.
struct FunctionGraph {
  OpGraph graph;
  llvm::SmallVector<cnn::Constant> constants;
  std::vector<int> results; ///< The values that it returns.
};
FunctionGraph describe(mlir::func::FuncOp function, SizeNumbering &sizes);

/// How a value lies in memory: the border as the caller has it, intermediates of rank >= 3 with the
/// channels last, everything else row-major.
Layout layoutOf(mlir::Value value);
/// Where a value lies: in the memory of `buffer`, itself or what it is a part of or overwrites.
struct View {
  mlir::Value buffer;
  int64_t channel = 0; ///< Of the buffer, where the value's own begin.
};
View viewOf(mlir::Value value);
/// Channels of the buffer where these are more than the value's own: the pitch of KernelSpec. Else
/// 0.
int64_t pitchOf(mlir::Value value);

/// The number of the network's result that this value is, or none.
std::optional<unsigned> returnedAs(mlir::Value value);

/// The constant behind a value, or null.
cnn::Constant constantOf(mlir::Value value);

/// The whole specification of a fused kernel, with its schedule where it has one already.
KernelSpec describeKernel(kernel::Fused fused, const Target &target, SizeNumbering &sizes);

} // namespace cnnc
