// The memory planner by itself: lifetimes in, offsets out. Used by plan-memory.
#pragma once

#include "compiler/support/SizeExpr.h"

#include "mlir/IR/BuiltinTypes.h"

#include <vector>

namespace cnnc {

/// A tensor alive from step `begin` to step `end`, both included, and its size: a multiple of 64.
struct Lifetime {
  int begin = 0;
  int end = 0;
  SizeExpr bytes;
};

/// Where each tensor lies in the arena, and how large that is.
struct MemoryPlan {
  std::vector<SizeExpr> offsets;
  SizeExpr arenaBytes;
};

/// Places tensors so that no two alive at the same step overlap, at whatever sizes; good at the
/// typical ones.
MemoryPlan planMemory(const std::vector<Lifetime> &tensors,
                      const std::vector<int64_t> &typicalSizes);

/// Bytes of a tensor, rounded up to 64.
SizeExpr bytesOf(mlir::RankedTensorType type);

} // namespace cnnc
