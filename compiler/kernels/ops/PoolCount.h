// What avg_pool and its gradient divide by.
#pragma once

#include "compiler/kernels/ops/Window.h"

namespace cnnc {

/// How many inputs the window at `at`, a coordinate of the pool's result, averages over.
Halide::Expr windowCount(const OpDescription &op, const Window &window, const Indices &at);

} // namespace cnnc
