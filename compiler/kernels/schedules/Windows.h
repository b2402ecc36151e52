// What the schedules of depthwise conv and of the pools share: windows over single channels.
#pragma once

#include "compiler/kernels/schedules/Schedules.h"

namespace cnnc {

/// Schedules called `algorithm` with parameters lanes, vectors, columns and rows, which are those
/// of a task.
std::vector<Schedule> windowSchedules(const KernelSpec &spec, const std::string &algorithm,
                                      const std::vector<int> &rowChoices = {2, 4, 8});

/// Places the accumulator, the staged input and the output of a kernel over single channels.
void placeWindows(KernelBuild &build);

/// Computes the staged input of the anchor at `consumer`'s loop `at`, where it is the result of a
/// depthwise conv before the anchor.
void placeWindowsBefore(KernelBuild &build, Halide::Func consumer, const Halide::Var &at);

} // namespace cnnc
