#include "compiler/support/StorageType.h"

#include <cassert>
#include <cstring>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "tensor files are little-endian and are read as they lie in memory");

namespace cnnc {

namespace {
struct Row {
  StorageType type;
  const char *name;
  int64_t bytes;
  std::optional<ElementType> element;
};
} // namespace

/// One row per type, in the order of the enum.
static const Row rows[] = {
    {StorageType::F64, "f64", 8, ElementType::F64},
    {StorageType::F32, "f32", 4, ElementType::F32},
    {StorageType::F16, "f16", 2, std::nullopt},
    {StorageType::BF16, "bf16", 2, std::nullopt},
    {StorageType::I64, "i64", 8, ElementType::I64},
    {StorageType::I32, "i32", 4, ElementType::I32},
    {StorageType::I16, "i16", 2, std::nullopt},
    {StorageType::I8, "i8", 1, ElementType::I8},
    {StorageType::U64, "u64", 8, std::nullopt},
    {StorageType::U32, "u32", 4, std::nullopt},
    {StorageType::U16, "u16", 2, std::nullopt},
    {StorageType::U8, "u8", 1, ElementType::U8},
    {StorageType::Bool, "bool", 1, ElementType::Bool},
    {StorageType::Unsupported, "unsupported", 0, std::nullopt},
};

static const Row &rowOf(StorageType type) { return rows[static_cast<size_t>(type)]; }

const char *toString(StorageType type) { return rowOf(type).name; }
int64_t sizeInBytes(StorageType type) { return rowOf(type).bytes; }
std::optional<ElementType> elementType(StorageType type) { return rowOf(type).element; }

StorageType storageType(ElementType type) {
  for (const Row &row : rows)
    if (row.element == type)
      return row.type;
  return StorageType::Unsupported;
}

static float floatFromBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// IEEE binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits.
static float floatFromHalf(uint16_t half) {
  uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  uint32_t exponent = (half >> 10) & 31, fraction = half & 0x3ff;
  if (exponent == 31)
    return floatFromBits(sign | 0x7f800000 | fraction << 13);
  if (exponent != 0)
    return floatFromBits(sign | (exponent + 127 - 15) << 23 | fraction << 13);
  float subnormal = static_cast<float>(fraction) * 0x1p-24f;
  return sign ? -subnormal : subnormal;
}

/// bfloat16 is the upper half of a float.
static float floatFromBrain(uint16_t brain) {
  return floatFromBits(static_cast<uint32_t>(brain) << 16);
}

template <typename T> static float floatFrom(T value) { return static_cast<float>(value); }

/// Reads each element by memcpy (the source may lie anywhere) and converts it.
template <typename T, float convert(T) = floatFrom<T>>
static void convertAll(const void *source, int64_t count, float *destination) {
  for (int64_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, static_cast<const char *>(source) + i * sizeof(T), sizeof(T));
    destination[i] = convert(value);
  }
}

/// A bool of a damaged file may be any byte: everything but 0 is true.
static float floatFromBool(uint8_t byte) { return byte != 0; }

void convertToFloat(StorageType type, const void *source, int64_t count, float *destination) {
  switch (type) {
  case StorageType::F64:
    return convertAll<double>(source, count, destination);
  case StorageType::F32:
    return convertAll<float>(source, count, destination);
  case StorageType::F16:
    return convertAll<uint16_t, floatFromHalf>(source, count, destination);
  case StorageType::BF16:
    return convertAll<uint16_t, floatFromBrain>(source, count, destination);
  case StorageType::I64:
    return convertAll<int64_t>(source, count, destination);
  case StorageType::I32:
    return convertAll<int32_t>(source, count, destination);
  case StorageType::I16:
    return convertAll<int16_t>(source, count, destination);
  case StorageType::I8:
    return convertAll<int8_t>(source, count, destination);
  case StorageType::U64:
    return convertAll<uint64_t>(source, count, destination);
  case StorageType::U32:
    return convertAll<uint32_t>(source, count, destination);
  case StorageType::U16:
    return convertAll<uint16_t>(source, count, destination);
  case StorageType::U8:
    return convertAll<uint8_t>(source, count, destination);
  case StorageType::Bool:
    return convertAll<uint8_t, floatFromBool>(source, count, destination);
  case StorageType::Unsupported:
    break;
  }
  assert(false && "elements of this type can not be read");
}

} // namespace cnnc
