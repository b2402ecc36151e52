// The memory planner by itself: lifetimes in, offsets out. Used by plan-memory.
#pragma once

#include "compiler/support/SizeExpr.h"

#include <vector>

namespace cnnc {

/// A tensor alive from step `begin` to step `end`, both included, and its size. Of a symbolic size
/// only `coefficient * atom` is understood: with equal atoms it is known which size is larger.
struct Lifetime {
  int begin = 0;
  int end = 0;
  SizeExpr bytes;
};

/// Where each tensor lies in the arena, at multiples of 64, and how large that is.
struct MemoryPlan {
  std::vector<SizeExpr> offsets;
  SizeExpr arenaBytes;
};

/// Places tensors so that no two alive at the same step overlap, at whatever sizes, and well at the
/// typical ones.
MemoryPlan planMemory(const std::vector<Lifetime> &tensors,
                      const std::vector<int64_t> &typicalSizes);

} // namespace cnnc
