#pragma once

#include "dialects/cnn/CNNDialect.h"

namespace cnnc::cnn {

/// The sizes that `lhs` and `rhs` broadcast to, aligned at the last dim, as in numpy and ONNX.
/// Of two sizes that are equal if divisible it is that of the longer, or of `lhs`. Fails with a
/// diagnostic at `location` where two sizes differ and neither is 1.
mlir::FailureOr<llvm::SmallVector<Size>> broadcast(std::optional<mlir::Location> location,
                                                   llvm::ArrayRef<Size> lhs,
                                                   llvm::ArrayRef<Size> rhs);

} // namespace cnnc::cnn
