// The weights of a plan as the bytes that lie one behind the other, in the library or in a file.
#pragma once

#include "compiler/codegen/NetworkPlan.h"

#include <string_view>
#include <vector>

namespace cnnc {

/// The plan's blocks in the order of their offsets, zeros between and behind them: weightBytes
/// bytes in all. They refer to the plan; nothing is copied.
std::vector<std::string_view> weightPieces(const NetworkPlan &plan);

} // namespace cnnc
