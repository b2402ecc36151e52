// What the sizes of a network must fulfil, as the rows that the runtime checks before any kernel.
#pragma once

#include "compiler/codegen/ExpressionTable.h"
#include "compiler/codegen/NetworkPlan.h"
#include "compiler/support/Result.h"

#include <vector>

namespace cnnc {

/// A row of the descriptor's table of what sizes must fulfil: cnnrt_size_check.
struct SizeRule {
  int expression; ///< Its number in the ExpressionTable.
  int condition;  ///< A cnnrt_condition.
  int64_t bound;
};

/// The plan's checks, and that no buffer of a kernel has more elements than Halide can count.
/// What does not depend on the sizes is checked here and now.
Result<std::vector<SizeRule>> sizeRules(const NetworkPlan &plan, ExpressionTable &expressions);

} // namespace cnnc
