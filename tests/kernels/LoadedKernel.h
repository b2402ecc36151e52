// A compiled kernel as a function of this process.
#pragma once

#include "compiler/kernels/Kernel.h"

#include <HalideRuntime.h>

#include <functional>
#include <string>
#include <vector>

namespace cnnc {

/// Links the very object of a kernel with tests/kernels/KernelRuntime.c and loads it.
class LoadedKernel {
public:
  /// Throws KernelError where compiling, linking or loading fails.
  explicit LoadedKernel(const KernelSpec &spec);
  ~LoadedKernel();
  LoadedKernel(const LoadedKernel &) = delete;

  /// Calls the kernel on buffers (inputs, then output) with exactly its stated scratch. Returns
  /// an empty string, or what went wrong with the scratch.
  std::string run(std::vector<halide_buffer_t> &buffers, const std::vector<int64_t> &sizes,
                  int threads) const;

  /// A kernel's call without the checks, for measuring: scratch is kept from call to call. What is
  /// to be done before each call does not count.
  double secondsPerCall(std::vector<halide_buffer_t> &buffers, const std::vector<int64_t> &sizes,
                        double minimumSeconds, const std::function<void()> &before = {}) const;

private:
  CompiledKernel compiled;
  void *library = nullptr;
  void *function = nullptr;
  size_t arguments = 0;
};

/// The buffer of a tensor as a kernel expects it (Kernel.h): fastest dim first, with this pitch (0:
/// dense). `dims` is the storage for its dims and must live as long; packed weights give their
/// packed shape.
halide_buffer_t describeBuffer(void *data, const std::vector<int64_t> &memoryShape,
                               ElementType type, std::vector<halide_dimension_t> &dims,
                               int64_t pitch = 0);

/// The extents of input or output `shape` in memory order, run-time sizes filled in.
std::vector<int64_t> memoryExtents(const std::vector<int64_t> &shape, Layout layout,
                                   const std::vector<int64_t> &sizes);

} // namespace cnnc
