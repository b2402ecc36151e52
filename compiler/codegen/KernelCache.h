// Compiled kernels of earlier compilations, on disk, by the hash of what they were made from.
//
// A kernel is a file. Files are written beside and renamed, carry a checksum and are only ever
// replaced by equal ones, so any number of compilers may share a cache, and a damaged file is a
// file that is not there. A cache that cannot be read or written is an empty one: it never fails.
#pragma once

#include "compiler/kernels/Kernel.h"

#include <cstdint>
#include <optional>
#include <string>

namespace cnnc {

class KernelCache {
public:
  /// A cache in `folder`, made when first written to. An empty name is a cache that keeps nothing.
  /// It grows to about `maxBytes` before those used longest ago go.
  KernelCache(std::string folder, int64_t maxBytes);

  /// The user's: $CNNC_CACHE, else $XDG_CACHE_HOME/cnnc, else ~/.cache/cnnc; empty without a home.
  static std::string defaultFolder();

  /// The kernel stored under `key`, a contentHash.
  std::optional<CompiledKernel> find(const std::string &key) const;
  void store(const std::string &key, const CompiledKernel &kernel) const;

private:
  std::string subfolder(const std::string &key) const;
  void trim(const std::string &subfolder) const;

  std::string folder;
  int64_t maxBytes;
};

} // namespace cnnc
