// The memory that calls of a compiled network work in.
#pragma once

#include "cnnrt.h"

#include <cstdlib>

/// A workspace that grows to what is asked for and is used by one call after the other.
class Workspace {
public:
  Workspace() = default;
  ~Workspace() { std::free(memory); }
  Workspace(const Workspace &) = delete;
  Workspace &operator=(const Workspace &) = delete;

  /// Memory of at least `bytes` bytes: of size(). Null if there is none.
  /// What was there before is lost.
  void *reserve(size_t bytes) {
    if (bytes > capacity) {
      std::free(memory);
      capacity = (bytes + CNNRT_WORKSPACE_ALIGNMENT - 1) / CNNRT_WORKSPACE_ALIGNMENT *
                 CNNRT_WORKSPACE_ALIGNMENT;
      memory = std::aligned_alloc(CNNRT_WORKSPACE_ALIGNMENT, capacity);
      if (!memory)
        capacity = 0;
    }
    return memory;
  }

  /// What is there: null before the first call of reserve.
  void *data() const { return memory; }

  /// The bytes that are there.
  size_t size() const { return capacity; }

private:
  void *memory = nullptr;
  size_t capacity = 0;
};
