// The passes of Passes.td.
#pragma once

#include "compiler/kernels/Kernel.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

#include <functional>
#include <memory>
#include <vector>

namespace cnnc {

#define GEN_PASS_DECL
#include "compiler/passes/Passes.h.inc"

/// What is known to be fast for a kernel (without a schedule) at these values of its run-time
/// sizes: the fastest first; empty where nothing is known.
using ScheduleLookup =
    std::function<std::vector<Schedule>(const KernelSpec &spec, const std::vector<int64_t> &sizes)>;

/// choose-schedules with what was measured; a null `measured` knows nothing.
std::unique_ptr<mlir::Pass> createChooseSchedules(ChooseSchedulesOptions options,
                                                  ScheduleLookup measured);

#define GEN_PASS_REGISTRATION
#include "compiler/passes/Passes.h.inc"

} // namespace cnnc
