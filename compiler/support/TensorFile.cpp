#include "compiler/support/TensorFile.h"

#include "compiler/support/Npy.h"
#include "compiler/support/Npz.h"
#include "compiler/support/Safetensors.h"
#include "compiler/support/Spelling.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace cnnc {

namespace {
/// A file format: all that TensorFile knows of it.
struct Format {
  const char *extension;
  Result<std::vector<StoredTensor>> (*read)(const std::string &path, const OwnedBytes &file);
  Status (*write)(const std::string &path, const std::vector<TensorToWrite> &tensors);
};
} // namespace

static const Format formats[] = {
    {".safetensors", readSafetensors, writeSafetensors},
    {".npz", readNpz, writeNpz},
    {".npy", readNpy, writeNpy},
};

static bool endsWith(const std::string &text, const std::string &end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

static Result<const Format *> formatOf(const std::string &path) {
  for (const Format &format : formats)
    if (endsWith(path, format.extension))
      return &format;
  return Error{path + ": a tensor file is called .safetensors, .npz or .npy"};
}

Result<TensorFile> TensorFile::open(const std::string &path) {
  Result<const Format *> format = formatOf(path);
  if (!format)
    return Error{format.error()};
  Result<OwnedBytes> bytes = mapFile(path);
  if (!bytes)
    return Error{bytes.error()};
  TensorFile file;
  file.filePath = path;
  file.singleTensor = endsWith(path, ".npy");
  Result<std::vector<StoredTensor>> stored = (*format)->read(path, *bytes);
  if (!stored)
    return file.failure(stored.error());
  file.stored = std::move(*stored);
  return file;
}

std::vector<std::string> TensorFile::names() const {
  std::vector<std::string> names;
  for (const StoredTensor &tensor : stored)
    names.push_back(tensor.name);
  return names;
}

Result<const StoredTensor *> TensorFile::find(const std::string &name) const {
  for (const StoredTensor &tensor : stored)
    if (tensor.name == name || singleTensor)
      return &tensor;
  return failure("there is no tensor '" + name + "'" + suggestion(name, names()));
}

/// `count` elements on the heap; null when there is not that much memory.
template <typename T> static std::shared_ptr<T> allocate(int64_t count) {
  size_t atLeastOne = static_cast<size_t>(std::max<int64_t>(count, 1));
  return std::shared_ptr<T>(new (std::nothrow) T[atLeastOne], std::default_delete<T[]>());
}

/// `source` with the first dim fastest, copied to `destination` with the last dim fastest.
static void copyToRowMajor(const StoredTensor &tensor, const char *source, char *destination) {
  int64_t size = sizeInBytes(tensor.type);
  size_t rank = tensor.shape.size();
  std::vector<int64_t> index(rank, 0), strides(rank, 1);
  for (size_t d = 1; d < rank; ++d)
    strides[d] = strides[d - 1] * tensor.shape[d - 1];
  int64_t offset = 0;
  for (int64_t i = 0, count = tensor.numElements(); i < count; ++i) {
    std::memcpy(destination + i * size, source + offset * size, static_cast<size_t>(size));
    for (size_t d = rank; d-- > 0;) {
      offset += strides[d];
      if (++index[d] < tensor.shape[d])
        break;
      offset -= strides[d] * tensor.shape[d];
      index[d] = 0;
    }
  }
}

Result<RawTensor> TensorFile::read(const std::string &name) const {
  Result<const StoredTensor *> found = find(name);
  if (!found)
    return Error{found.error()};
  const StoredTensor &tensor = **found;
  Result<OwnedBytes> bytes = tensor.load();
  if (!bytes)
    return failure(bytes.error());
  if (!tensor.columnMajor || tensor.shape.size() < 2)
    return RawTensor{tensor.type, tensor.shape, *bytes};
  std::shared_ptr<char> rowMajor = allocate<char>(static_cast<int64_t>(bytes->data.size()));
  if (!rowMajor)
    return failure("not enough memory for tensor '" + tensor.name + "'");
  copyToRowMajor(tensor, bytes->data.data(), rowMajor.get());
  return RawTensor{tensor.type, tensor.shape, {{rowMajor.get(), bytes->data.size()}, rowMajor}};
}

static bool isAlignedForFloat(const char *data) {
  return reinterpret_cast<uintptr_t>(data) % alignof(float) == 0;
}

Result<FloatTensor> TensorFile::readFloats(const std::string &name) const {
  Result<RawTensor> raw = read(name);
  if (!raw)
    return Error{raw.error()};
  const char *data = raw->bytes.data.data();
  int64_t count = static_cast<int64_t>(raw->bytes.data.size()) / sizeInBytes(raw->type);
  if (raw->type == StorageType::F32 && isAlignedForFloat(data))
    return FloatTensor{raw->shape, reinterpret_cast<const float *>(data), count, raw->bytes.owner};
  std::shared_ptr<float> floats = allocate<float>(count);
  if (!floats)
    return failure("not enough memory for tensor '" + name + "'");
  convertToFloat(raw->type, data, count, floats.get());
  return FloatTensor{raw->shape, floats.get(), count, floats};
}

Status writeTensorFile(const std::string &path, const std::vector<TensorToWrite> &tensors) {
  Result<const Format *> format = formatOf(path);
  if (!format)
    return Error{format.error()};
  for (const TensorToWrite &tensor : tensors)
    assert(numBytes(tensor.type, tensor.shape) && "a tensor to write has a valid shape");
  return (*format)->write(path, tensors);
}

} // namespace cnnc
