// How composite ops are replaced by what they stand for.
#pragma once

#include "dialects/cnn/CNNDialect.h"

namespace cnnc::cnn {

/// Expands the composite ops in `network` that are `wanted`, and those that they expand to, until
/// none is left.
void expandComposites(mlir::Operation *network, llvm::function_ref<bool(Composite)> wanted);

} // namespace cnnc::cnn
