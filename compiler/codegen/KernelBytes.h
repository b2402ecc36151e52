// A compiled kernel as a string of bytes: how a worker process hands it to the compiler, and how
// it lies in the cache.
#pragma once

#include "compiler/kernels/Kernel.h"

#include <optional>
#include <string>

namespace cnnc {

/// The SHA-256 of `bytes`, as 64 lower case hexadecimal digits.
std::string contentHash(const std::string &bytes);

/// `kernel` with its own checksum.
std::string toBytes(const CompiledKernel &kernel);

/// Reads what toBytes wrote; nothing if `bytes` are anything else, or damaged.
std::optional<CompiledKernel> fromBytes(const std::string &bytes);

} // namespace cnnc
