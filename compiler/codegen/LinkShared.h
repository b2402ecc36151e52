// --shared: one file for dlopen and ctypes.
#pragma once

#include "compiler/support/Result.h"

#include <string>
#include <vector>

namespace cnnc {

/// Links all of `archives` into the shared object `output` with the system's C compiler, or lld
/// where there is none. What the archives export it exports, and its own calls stay inside, so that
/// several such libraries, each with its runtime, live in one process.
Status linkShared(const std::vector<std::string> &archives, const std::string &output);

} // namespace cnnc
