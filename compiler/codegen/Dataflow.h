// Which kernels of a plan hand their results to which, and what of them is alive together.
#pragma once

#include "compiler/codegen/NetworkPlan.h"

namespace cnnc {

/// A tensor that calls read: an input of the network, or what a call wrote.
struct FlowingTensor {
  BufferPlace::Kind kind = BufferPlace::Arena; ///< Never Weights.
  int index = 0;                               ///< Of the network's input or output.
  int64_t offset = 0;                          ///< In the arena, of what it is a part of.
  int64_t channel = 0, channels = 1;           ///< Its own of the innermost dim there.
  bool isPart = false;                         ///< Of the channels of a larger one.
  bool overwrites = false;                     ///< Lies where an input of its writer lay.
  int writer = -1;                             ///< Index of the call; -1: an input.
  std::vector<int> readers;                    ///< Indices of calls, in order, each once.
  int64_t bytes = 0;

  /// The last call that needs it.
  int lastUse() const { return readers.empty() ? writer : readers.back(); }
};

/// The tensors of the plan at these sizes: its inputs, then the result of each call.
std::vector<FlowingTensor> findTensors(const NetworkPlan &plan, const std::vector<int64_t> &sizes);

/// The most bytes in the arena that are alive at the same call, its inputs and its result included,
/// each tensor with memory of its own rounded up to 64 as in the plan: no arena can be smaller.
int64_t arenaLowerBound(const std::vector<FlowingTensor> &tensors);

/// Bytes of a kernel's argument.
int64_t bytesOf(const BufferArgument &argument, const std::vector<int64_t> &sizes);

} // namespace cnnc
