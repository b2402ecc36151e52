// The bytes of a file in memory: mapped, so that reading hundreds of megabytes copies nothing.
#pragma once

#include "compiler/support/Result.h"

#include <memory>
#include <string>
#include <string_view>

namespace cnnc {

/// Bytes, and what keeps them alive: as long as a copy of `owner` exists, `data` stays valid.
struct OwnedBytes {
  std::string_view data;
  std::shared_ptr<const void> owner;

  /// The part of `count` bytes from `begin` on, which must lie inside (assert).
  OwnedBytes part(size_t begin, size_t count) const {
    assert(begin <= data.size() && count <= data.size() - begin && "part outside of the bytes");
    return {data.substr(begin, count), owner};
  }
};

/// Maps a regular file for reading. The error names the file and what the system said of it.
Result<OwnedBytes> mapFile(const std::string &path);

} // namespace cnnc
