// A 1x1 conv in the kernel of the depthwise conv behind it: the expansion of an inverted residual
// block.
#pragma once

#include "compiler/kernels/schedules/Schedules.h"

namespace cnnc {

/// Schedules of a depthwise conv with a 1x1 one before it: those of the first, with the register
/// tile of the second (before_lanes, before_vectors, before_columns).
std::vector<Schedule> expansionSchedules(const KernelSpec &spec);

/// Computes the rows of the expansion at the loop `row` of `consumer` that reads them first, and
/// keeps those that the next rows read, too, while a `task` goes on.
void placeExpansion(KernelBuild &build, Halide::Func consumer, const Halide::Var &task,
                    const Halide::Var &row);

/// See fusionGain, for the kernels of a 1x1 conv and of the depthwise conv behind it.
double expansionGain(const KernelSpec &expansion, const KernelSpec &depthwise);

} // namespace cnnc
