// The descriptor of a network (cnnrt_network), as constant data, and the functions it points to.
#pragma once

#include "compiler/codegen/LowerSizes.h"
#include "compiler/codegen/ModuleBuilder.h"
#include "compiler/codegen/NetworkPlan.h"
#include "compiler/support/Result.h"

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

/// Writes the descriptor, NAME_network, and the functions for its check_sizes and expression_value.
/// Its run and workspace_bytes must have been written.
void lowerDescriptor(ModuleBuilder &module, const NetworkPlan &plan, ExpressionTable &expressions,
                     const std::vector<SizeRule> &rules);

} // namespace cnnc
