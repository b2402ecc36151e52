// What a kernel computed beside what the reference did, and how far apart they may be: the one
// bound of verify and of the tuner.
//
// An error is measured against the largest number that the kernel handles: a sum of K rounded
// products is off by about eps sqrt(K) of that. The bound is 8 times as much, and what the kernel's
// algorithm is granted on top.
#pragma once

#include "compiler/check/HostTensor.h"
#include "compiler/kernels/Kernel.h"

#include <vector>

namespace cnnc {

/// The largest magnitude in a tensor.
double largest(const LogicalTensor &tensor);

/// NaN where one of the two is NaN and the other is not.
double largestDifference(const LogicalTensor &actual, const LogicalTensor &expected);

/// What the results of a kernel are held to.
struct ErrorBound {
  double scale = 0;  ///< The largest number among the results of its ops.
  double length = 1; ///< Most products or summands behind one number.

  ErrorBound(double scale, double length) : scale(scale), length(length) {}
  /// From the values of all inputs and ops, as reference::evaluate gives them.
  ErrorBound(const OpGraph &graph, const std::vector<LogicalTensor> &values);

  /// A difference in terms of the scale.
  double relative(double difference) const { return scale > 0 ? difference / scale : difference; }
  /// The most that a relative error may be, for the schedule of `spec`.
  double bound(const KernelSpec &spec) const;
};

} // namespace cnnc
