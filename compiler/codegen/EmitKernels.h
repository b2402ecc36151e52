// emit-kernels: every distinct kernel of a network becomes an object file.
//
// Kernels are compiled at the same time, each in a fresh process: Halide numbers its names per
// process, and its LLVM may abort. So the caller must not have compiled with Halide himself: then
// equal specs give equal bytes, whatever the order and the number of workers. What has been
// compiled once is found again in the user's cache folder.
#pragma once

#include "compiler/codegen/KernelCache.h"
#include "compiler/support/Result.h"

#include <functional>
#include <string>
#include <vector>

namespace cnnc {

struct EmitOptions {
  int workers = 0; ///< Kernels compiled at once; 0: one per CPU.
  /// Where kernels are kept; empty: nowhere.
  std::string cacheFolder = KernelCache::defaultFolder();
  int64_t cacheBytes = int64_t(2) << 30;
  /// Told how many of the distinct kernels are done, cached ones included. On the caller's thread.
  std::function<void(int done, int total)> progress;
  /// What compiles a spec, in the worker; failures by a std::exception.
  std::function<CompiledKernel(const KernelSpec &)> compile = compileKernel;
  /// Names the code of `compile`: kernels of other versions are not taken from the cache.
  std::string version = kernelsVersion();

  /// The version of compileKernel: a hash over the sources of the kernels and Halide's version.
  static std::string kernelsVersion();
};

/// Under which the cache has a kernel.
std::string kernelCacheKey(const KernelSpec &spec, const EmitOptions &options);

/// The object of each spec, in their order; equal specs are compiled once. On an error nothing is
/// left running, and the message names the kernel.
Result<std::vector<CompiledKernel>> emitKernels(const std::vector<KernelSpec> &specs,
                                                const EmitOptions &options);

} // namespace cnnc
