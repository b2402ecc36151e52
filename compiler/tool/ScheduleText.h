// Schedules in the columns of tables.
#pragma once

#include "compiler/kernels/Kernel.h"

#include <string>

namespace cnnc {

/// "direct c6 l16 r1 v4": the algorithm, then each parameter that is not 0 by its words' initials.
std::string shortText(const Schedule &schedule);

} // namespace cnnc
