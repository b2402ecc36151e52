// The weights of a network as an object file: aligned read-only data under one hidden symbol. Where
// they are to lie in a file of their own, see WeightsFile.h.
#pragma once

#include "compiler/codegen/NetworkPlan.h"
#include "compiler/support/Result.h"

#include <memory>
#include <string>

namespace llvm {
class MemoryBuffer;
} // namespace llvm

namespace cnnc {

/// The object, made in a file in `temporaryFolder` that is mapped and has no name any more. While
/// it is made the weights are in memory twice, the plan's own included.
Result<std::unique_ptr<llvm::MemoryBuffer>> weightsObject(const NetworkPlan &plan,
                                                          const std::string &temporaryFolder);

} // namespace cnnc
