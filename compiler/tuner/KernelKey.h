// What measurements are filed under: a kernel without its schedule, at certain sizes, on a CPU; and
// schedules as text.
#pragma once

#include "compiler/kernels/Kernel.h"

#include <optional>
#include <string>
#include <vector>

namespace cnnc {

/// The name of this machine's CPU for measurements: LLVM's, as "znver3" or "neoverse-n1", which
/// stands for the pipeline and the caches of a core.
std::string hostCpu();

/// Equal for two kernels exactly if whatever was measured of one holds for the other: same ops,
/// shapes, layouts and target, and the same values of the run-time sizes. 32 hexadecimal digits.
std::string kernelKey(const KernelSpec &spec, const std::vector<int64_t> &sizes);

/// For people: "conv+relu 1x64x56x56 by 64x64x3x3".
std::string kernelTitle(const KernelSpec &spec, const std::vector<int64_t> &sizes);

/// "direct channels_outer=0 columns=6 lanes=8": the algorithm, then all parameters in the order of
/// their names.
std::string toText(const Schedule &schedule);
/// Reads what toText wrote; nothing if it is anything else.
std::optional<Schedule> parseSchedule(const std::string &text);

} // namespace cnnc
