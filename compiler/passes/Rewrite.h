// How the passes made of patterns apply them.
#pragma once

#include "mlir/IR/PatternMatch.h"

namespace cnnc {

/// Applies the patterns in `network` until none matches, and does nothing else: folding is the
/// business of fold-constants, and constants carry names worth keeping.
mlir::LogicalResult rewrite(mlir::Operation *network, mlir::RewritePatternSet &&patterns);

} // namespace cnnc
