// Memory for calls of a kernel that are to take what they take in a network.
#pragma once

#include "compiler/codegen/Load.h"
#include "compiler/tuner/Bench.h"

#include <cstdint>
#include <deque>
#include <vector>

namespace cnnc {

/// Memory that begins and ends with a cache line.
class AlignedBytes {
public:
  explicit AlignedBytes(size_t bytes); ///< Throws std::bad_alloc.
  AlignedBytes(const void *data, size_t bytes);
  AlignedBytes(AlignedBytes &&other) noexcept;
  ~AlignedBytes();

  const size_t bytes;
  char *memory;
};

/// The arguments of the calls of a kernel with one schedule.
///
/// In a network the kernel before has just written the activations, and since the weights were
/// last read, all other weights went through the caches. So activations are written anew for each
/// call, and the weights have copies that take turns.
class CallBuffers {
public:
  /// Inputs are those of makeInput, the result goes to `result`, or where the kernel works in
  /// place, over its input. There are so many copies of the weights that all but one together have
  /// `coldBytes`, at most `calls`.
  CallBuffers(const TuningProblem &problem, const Schedule &schedule, AlignedBytes &result,
              int64_t coldBytes, size_t calls);

  const std::vector<void *> &arguments() const { return pointers; }

  /// Makes `call`, which has these arguments, ready to run once.
  void prepare(PreparedCall &call);

private:
  void addInput(const KernelSpec &spec, size_t input);
  void addCopy();

  const TuningProblem &problem;
  std::deque<AlignedBytes> inputs;  ///< The values, weights packed.
  std::deque<AlignedBytes> storage; ///< Where kernels find them.
  std::vector<void *> pointers;
  std::vector<std::vector<void *>> weights; ///< Of each copy, each input's.
  size_t turn = 0;
};

/// Reads as much as pushes everything else out of caches of these bytes.
void flushCaches(int64_t bytes);

} // namespace cnnc
