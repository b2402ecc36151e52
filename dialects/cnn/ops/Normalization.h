// What the normalising layers share: statistics, and parameters per channel.
#pragma once

#include "dialects/cnn/ops/Gradients.h"

namespace cnnc::cnn {

/// Mean and variance of x over some dims, which stay as dims of size 1.
struct Moments {
  Term deviation; ///< x - mean
  Term mean, variance;

  /// 1 / sqrt(variance + epsilon)
  Term inverseDeviation(double epsilon) const;
};

/// The variance is the mean of the squared deviations: that of squares, less the squared mean,
/// would lose digits where the mean is large.
Moments buildMoments(const Term &x, llvm::ArrayRef<int64_t> axes);

/// scale * x + bias, the two per channel: [C], for dim 1 of x.
Term scalePerChannel(const Term &x, mlir::Value scale, mlir::Value bias);

/// Reports, and fails, where `input` has no channels, or a parameter is not of one number for each.
llvm::LogicalResult checkChannelParameters(std::optional<mlir::Location> location,
                                           mlir::RankedTensorType input,
                                           mlir::ValueRange parameters);

/// Scale and bias of a layer over `input`, per channel; for Layer::inferParameters.
llvm::FailureOr<llvm::SmallVector<Parameter>>
inferScaleAndBias(mlir::RankedTensorType input,
                  llvm::function_ref<mlir::InFlightDiagnostic()> error);

} // namespace cnnc::cnn
