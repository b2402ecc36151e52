// Kernels called with an array of buffers, as a C++ program needs that knows their number only at
// run time. Only for the loader: these functions are not part of a library.
#pragma once

#include "compiler/codegen/NetworkPlan.h"
#include "compiler/support/Result.h"

#include <string>

namespace cnnc {

/// The symbol of the caller of the kernel with symbol `kernel`:
///     int caller(cnnrt_context *context, KernelBuffer **buffers)
std::string kernelCaller(const std::string &kernel);

/// An object with the caller of every kernel of `plan` that is called.
Result<std::string> kernelCallersObject(const NetworkPlan &plan);

} // namespace cnnc
