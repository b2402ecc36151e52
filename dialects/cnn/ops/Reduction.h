// What ops over some dims of their input share.
#pragma once

#include "dialects/cnn/CNNDialect.h"

namespace cnnc::cnn {

/// Reports, and fails, where `axes` are not some dims of a tensor of this rank, in order.
llvm::LogicalResult checkAxes(std::optional<mlir::Location> location, llvm::ArrayRef<int64_t> axes,
                              int64_t rank);

/// How many elements of `input` differ in `axes` only, as a tensor with a single element: a number,
/// or computed where sizes are symbolic.
mlir::Value countElements(mlir::OpBuilder &builder, mlir::Location location, mlir::Value input,
                          llvm::ArrayRef<int64_t> axes);

} // namespace cnnc::cnn
