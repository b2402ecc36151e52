// The element types that tensor files hold: more than cnnc computes with (OpDescription.h).
#pragma once

#include "compiler/support/OpDescription.h"

#include <cstdint>
#include <optional>
#include <string>

namespace cnnc {

/// Type of an element in a file. Unsupported stands for what cnnc can list but not read (strings,
/// complex numbers, 8-bit floats).
enum class StorageType : uint8_t {
  F64,
  F32,
  F16,
  BF16,
  I64,
  I32,
  I16,
  I8,
  U64,
  U32,
  U16,
  U8,
  Bool,
  Unsupported,
};

/// "f32", "bf16", ...
const char *toString(StorageType type);
/// Bytes of an element; 0 for Unsupported.
int64_t sizeInBytes(StorageType type);
/// The type of `.cnn` with the same bits, if there is one (there is no f16 or i16).
std::optional<ElementType> elementType(StorageType type);
StorageType storageType(ElementType type);

/// Converts `count` elements of `type` (not Unsupported) at `source`, which need not be aligned.
/// 64-bit numbers are rounded to the nearest float.
void convertToFloat(StorageType type, const void *source, int64_t count, float *destination);

} // namespace cnnc
