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

/// Fails with a diagnostic where the attribute `name` has not `length` entries of at least `least`.
mlir::LogicalResult checkList(std::optional<mlir::Location> location, llvm::StringRef name,
                              llvm::ArrayRef<int64_t> list, size_t length, int64_t least);

/// Fails with a diagnostic where `filter` can not be that of a convolution of `input`: other ranks,
/// no spatial dim, or numbers of channels that are not known.
mlir::LogicalResult checkFilter(std::optional<mlir::Location> location,
                                mlir::RankedTensorType input, mlir::RankedTensorType filter);

/// What a call says of the channels of the convolution that it makes parameters for.
struct CalledChannels {
  int64_t inputs, channels, groups;
};

/// The words `channels` and `groups` of a call. Fails with a diagnostic where they do not go with
/// the input's channels, or these are not known.
mlir::FailureOr<CalledChannels>
calledChannels(mlir::RankedTensorType input, mlir::DictionaryAttr arguments,
               llvm::function_ref<mlir::InFlightDiagnostic()> error);

/// `filter`, initialized as the word `init` says, and unless `bias: no` a bias.
llvm::SmallVector<Parameter> filterAndBias(Parameter filter, int64_t channels,
                                           mlir::DictionaryAttr arguments);

} // namespace cnnc::cnn
