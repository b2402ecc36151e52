// The descriptor of a network (cnnrt_network), as constant data, and the functions it points to.
#pragma once

#include "compiler/codegen/LowerSizes.h"
#include "compiler/codegen/ModuleBuilder.h"
#include "compiler/codegen/NetworkPlan.h"
#include "compiler/codegen/SizeRules.h"

namespace cnnc {

/// Writes the descriptor, NAME_network, and the functions for its check_sizes and expression_value.
/// Its run and workspace_bytes must have been written.
void lowerDescriptor(ModuleBuilder &module, const NetworkPlan &plan, ExpressionTable &expressions,
                     const std::vector<SizeRule> &rules);

/// The cnnrt_type of an element type.
int typeNumber(ElementType type);

} // namespace cnnc
