// What the gradient rules of the ops share.
#pragma once

#include "dialects/cnn/CNNDialect.h"

namespace cnnc::cnn {

/// What Differentiable::buildGradients returns: one per operand, null for none.
using Gradients = llvm::FailureOr<llvm::SmallVector<mlir::Value>>;

/// A number as a tensor without dims, which broadcasts to any.
mlir::Value buildNumber(mlir::OpBuilder &builder, mlir::Location location, double number,
                        mlir::Type elementType);

/// The gradient of an operand of type `type` that was broadcast to the shape of `gradient`: the sum
/// over what it was repeated along.
mlir::Value sumToShape(mlir::OpBuilder &builder, mlir::Value gradient, mlir::RankedTensorType type);

/// The sum over all dims but that of the channels: the gradient of a bias.
mlir::Value sumPerChannel(mlir::OpBuilder &builder, mlir::Value gradient);

/// `value` with a border of zeros, or of nothing: an entry per dim, all begins, then all ends.
mlir::Value padWithZeros(mlir::OpBuilder &builder, mlir::Value value, llvm::ArrayRef<int64_t> pads);

/// `value` under the shape of `type`; itself where it has it already.
mlir::Value reshapeTo(mlir::OpBuilder &builder, mlir::Value value, mlir::RankedTensorType type);

/// A matrix, or a batch of them, with rows and columns swapped.
mlir::Value transposeMatrices(mlir::OpBuilder &builder, mlir::Value matrices);

/// `pads` of a window op as numbers, all begins, then all ends, whatever its auto_pad says. Fails
/// with a diagnostic at `op` where they depend on a size that is not known.
llvm::FailureOr<llvm::SmallVector<int64_t>>
explicitPads(mlir::Operation *op, mlir::RankedTensorType input, llvm::ArrayRef<int64_t> kernel,
             llvm::ArrayRef<int64_t> strides, llvm::ArrayRef<int64_t> dilations,
             llvm::ArrayRef<int64_t> pads, llvm::StringRef autoPad);

/// A value in a formula: `g * y * (1 - y)` builds the ops.
struct Term {
  mlir::OpBuilder &builder;
  mlir::Location location;
  mlir::Value value;

  /// The number as a Term beside this one.
  Term number(double number) const;
  template <typename Op> Term apply() const {
    return {builder, location, Op::create(builder, location, value)};
  }
  template <typename Op> Term apply(const Term &other) const {
    return {builder, location, Op::create(builder, location, value, other.value)};
  }
};

inline Term operator+(const Term &a, const Term &b) { return a.apply<Add>(b); }
inline Term operator-(const Term &a, const Term &b) { return a.apply<Sub>(b); }
inline Term operator*(const Term &a, const Term &b) { return a.apply<Mul>(b); }
inline Term operator/(const Term &a, const Term &b) { return a.apply<Div>(b); }
inline Term operator-(const Term &a) { return a.apply<Neg>(); }
inline Term operator+(const Term &a, double b) { return a + a.number(b); }
inline Term operator-(const Term &a, double b) { return a - a.number(b); }
inline Term operator-(double a, const Term &b) { return b.number(a) - b; }
inline Term operator*(const Term &a, double b) { return a * a.number(b); }

} // namespace cnnc::cnn
