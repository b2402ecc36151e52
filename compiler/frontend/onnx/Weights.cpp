#include "compiler/frontend/onnx/Weights.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"

#include <cstring>
#include <filesystem>

namespace cnnc::onnximport {

using onnx::TensorProto;

StorageType storageTypeOf(int32_t dataType) {
  switch (dataType) {
  case TensorProto::DOUBLE:
    return StorageType::F64;
  case TensorProto::FLOAT:
    return StorageType::F32;
  case TensorProto::FLOAT16:
    return StorageType::F16;
  case TensorProto::BFLOAT16:
    return StorageType::BF16;
  case TensorProto::INT64:
    return StorageType::I64;
  case TensorProto::INT32:
    return StorageType::I32;
  case TensorProto::INT16:
    return StorageType::I16;
  case TensorProto::INT8:
    return StorageType::I8;
  case TensorProto::UINT64:
    return StorageType::U64;
  case TensorProto::UINT32:
    return StorageType::U32;
  case TensorProto::UINT16:
    return StorageType::U16;
  case TensorProto::UINT8:
    return StorageType::U8;
  case TensorProto::BOOL:
    return StorageType::Bool;
  default:
    return StorageType::Unsupported;
  }
}

bool isIntegerType(int32_t dataType) {
  switch (storageTypeOf(dataType)) {
  case StorageType::F64:
  case StorageType::F32:
  case StorageType::F16:
  case StorageType::BF16:
  case StorageType::Unsupported:
    return false;
  default:
    return true;
  }
}

std::string nameOfType(int32_t dataType) {
  if (onnx::TensorProto_DataType_IsValid(dataType))
    return onnx::TensorProto_DataType_Name(static_cast<onnx::TensorProto_DataType>(dataType));
  return "number " + std::to_string(dataType);
}

/// The numbers of a repeated field, which lie one behind the other, where the field's type is that
/// of the tensor's elements.
template <typename Field> static std::string_view bytesOf(const Field &field) {
  return {reinterpret_cast<const char *>(field.data()), field.size() * sizeof(*field.data())};
}

/// The low bytes of each number of a field whose type is wider than the tensor's elements.
template <typename Field> static OwnedBytes narrow(const Field &field, size_t elementBytes) {
  auto bytes = std::make_shared<std::string>(field.size() * elementBytes, '\0');
  for (int i = 0; i < field.size(); ++i) {
    auto number = field.Get(i);
    std::memcpy(bytes->data() + i * elementBytes, &number, elementBytes);
  }
  return {*bytes, bytes};
}

/// What a typed field of the message holds, as it would lie in raw_data.
static OwnedBytes readTypedField(const TensorProto &tensor, StorageType type, ModelPointer owner) {
  switch (type) {
  case StorageType::F32:
    return {bytesOf(tensor.float_data()), owner};
  case StorageType::F64:
    return {bytesOf(tensor.double_data()), owner};
  case StorageType::I64:
    return {bytesOf(tensor.int64_data()), owner};
  case StorageType::I32:
    return {bytesOf(tensor.int32_data()), owner};
  case StorageType::U64:
    return {bytesOf(tensor.uint64_data()), owner};
  case StorageType::U32:
    return narrow(tensor.uint64_data(), 4);
  default:
    return narrow(tensor.int32_data(), sizeInBytes(type));
  }
}

/// The path of a file of external data; only one below the model's own folder will do.
static Result<std::string> externalPath(const std::string &folder, const std::string &location) {
  if (location.empty())
    return Error{"its external data has no location"};
  std::filesystem::path path(location);
  bool leaves = path.is_absolute() || location.find('\0') != std::string::npos;
  for (const std::filesystem::path &part : path)
    leaves |= part == "..";
  if (leaves)
    return Error{"its external data is at '" + location +
                 "', but only files below the model's folder are read"};
  return (std::filesystem::path(folder) / path).string();
}

static Result<size_t> parseCount(const std::string &key, const std::string &value) {
  size_t count = 0;
  if (llvm::StringRef(value).getAsInteger(10, count))
    return Error{"its external data has the " + key + " '" + value +
                 "', which is no count of bytes"};
  return count;
}

Result<OwnedBytes> Weights::readExternal(const TensorProto &tensor, size_t size) {
  std::map<std::string, std::string> entries = {{"offset", "0"}, {"length", std::to_string(size)}};
  for (const onnx::StringStringEntryProto &entry : tensor.external_data())
    entries[entry.key()] = entry.value();
  Result<std::string> path = externalPath(folder, entries["location"]);
  Result<size_t> offset = parseCount("offset", entries["offset"]);
  Result<size_t> length = parseCount("length", entries["length"]);
  if (!path)
    return Error{path.error()};
  if (!offset || !length)
    return Error{offset ? length.error() : offset.error()};
  if (*length != size)
    return Error{"its external data has " + std::to_string(*length) +
                 " bytes but its shape calls for " + std::to_string(size)};
  if (!externalFiles.count(*path)) {
    Result<OwnedBytes> mapped = mapFile(*path);
    if (!mapped)
      return Error{"its external data is missing: " + mapped.error()};
    externalFiles[*path] = *mapped;
  }
  const OwnedBytes &file = externalFiles[*path];
  if (*offset > file.data.size() || size > file.data.size() - *offset)
    return Error{"its external data ends at byte " + llvm::utostr(*offset) + " + " +
                 std::to_string(size) + ", but " + *path + " has " +
                 std::to_string(file.data.size()) + " bytes"};
  return file.part(*offset, size);
}

Result<RawTensor> Weights::read(const TensorProto &tensor) {
  RawTensor raw{
      storageTypeOf(tensor.data_type()), {tensor.dims().begin(), tensor.dims().end()}, {}};
  if (raw.type == StorageType::Unsupported)
    return Error{"its element type " + nameOfType(tensor.data_type()) + " is not supported"};
  if (tensor.has_segment())
    return Error{"it is stored in segments, which is not supported"};
  Result<int64_t> size = numBytes(raw.type, raw.shape);
  if (!size)
    return Error{size.error()};
  if (tensor.data_location() == TensorProto::EXTERNAL) {
    Result<OwnedBytes> external = readExternal(tensor, *size);
    if (!external)
      return Error{external.error()};
    raw.bytes = *external;
    return raw;
  }
  raw.bytes = tensor.has_raw_data() ? OwnedBytes{tensor.raw_data(), model}
                                    : readTypedField(tensor, raw.type, model);
  if (raw.bytes.data.size() != static_cast<size_t>(*size))
    return Error{"its shape " + shapeToString(raw.shape) + " calls for " + std::to_string(*size) +
                 " bytes, but " + std::to_string(raw.bytes.data.size()) + " are stored"};
  return raw;
}

Result<FloatTensor> Weights::readFloats(const TensorProto &tensor) {
  Result<RawTensor> raw = read(tensor);
  if (!raw)
    return Error{raw.error()};
  const char *bytes = raw->bytes.data.data();
  int64_t size = raw->bytes.data.size() / sizeInBytes(raw->type);
  bool aligned = reinterpret_cast<uintptr_t>(bytes) % alignof(float) == 0;
  if (raw->type == StorageType::F32 && aligned)
    return FloatTensor{raw->shape, reinterpret_cast<const float *>(bytes), size, raw->bytes.owner};
  auto floats = std::make_shared<std::vector<float>>(size);
  convertToFloat(raw->type, bytes, size, floats->data());
  return FloatTensor{raw->shape, floats->data(), size, floats};
}

template <typename T> static std::vector<int64_t> widen(std::string_view bytes) {
  std::vector<int64_t> values(bytes.size() / sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    T number;
    std::memcpy(&number, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<int64_t>(number);
  }
  return values;
}

Result<IntegerTensor> Weights::readIntegers(const TensorProto &tensor) {
  Result<RawTensor> raw = read(tensor);
  if (!raw)
    return Error{raw.error()};
  std::string_view bytes = raw->bytes.data;
  switch (raw->type) {
  case StorageType::I64:
  case StorageType::U64:
    return IntegerTensor{raw->shape, widen<int64_t>(bytes)};
  case StorageType::I32:
    return IntegerTensor{raw->shape, widen<int32_t>(bytes)};
  case StorageType::U32:
    return IntegerTensor{raw->shape, widen<uint32_t>(bytes)};
  case StorageType::I16:
    return IntegerTensor{raw->shape, widen<int16_t>(bytes)};
  case StorageType::U16:
    return IntegerTensor{raw->shape, widen<uint16_t>(bytes)};
  case StorageType::I8:
    return IntegerTensor{raw->shape, widen<int8_t>(bytes)};
  case StorageType::U8:
  case StorageType::Bool:
    return IntegerTensor{raw->shape, widen<uint8_t>(bytes)};
  default:
    return Error{"its element type is " + nameOfType(tensor.data_type()) +
                 ", but integers are called for"};
  }
}

} // namespace cnnc::onnximport
