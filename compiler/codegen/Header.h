// The header of a library: its functions for C11, and typed C++17 on top of them.
#pragma once

#include "compiler/codegen/NetworkPlan.h"

#include <string>

namespace cnnc {

/// The text of NAME.h.
std::string headerText(const NetworkPlan &plan);

} // namespace cnnc
