// What convolution and pooling share: windows that slide over the spatial dims.
#pragma once

#include "dialects/cnn/CNNDialect.h"

namespace cnnc::cnn {

/// The attributes of a window op over S spatial dims; see `cnn.conv`.
struct Window {
  llvm::ArrayRef<int64_t> kernel, strides, dilations, pads;
  llvm::StringRef autoPad;
  bool ceilMode = false;
};

/// Sizes of the spatial dims after sliding `window` over those of `input` (batch and channels come
/// first and are not looked at). Fails with a diagnostic at `location` (if there is one) where an
/// attribute has the wrong length or value, or the window is larger than the padded input.
mlir::FailureOr<llvm::SmallVector<Size>> inferWindow(std::optional<mlir::Location> location,
                                                     mlir::RankedTensorType input,
                                                     const Window &window);

} // namespace cnnc::cnn
