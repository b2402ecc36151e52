// NumPy's .npy: magic, version, a Python dict literal that tells type and shape, the elements.
#pragma once

#include "compiler/support/StoredTensor.h"

#include <string>
#include <string_view>
#include <vector>

namespace cnnc {

/// What the header of an .npy says.
struct NpyHeader {
  StorageType type = StorageType::F32;
  std::string typeText; ///< NumPy's own word, such as "<f4"; for messages.
  bool columnMajor = false;
  std::vector<int64_t> shape;
  int64_t elementBytes = 0; ///< Of all elements together; 0 when the type is unsupported.
  size_t dataOffset = 0;    ///< Where they begin, counted from the magic.
};

/// How many bytes from the magic on the header takes, told by the first 12 of them; the error says
/// that this is no .npy.
Result<size_t> npyHeaderBytes(std::string_view start);
/// Reads a header; `start` has at least npyHeaderBytes bytes.
Result<NpyHeader> parseNpyHeader(std::string_view start);
/// The header of format version 1.0 for a row-major tensor, padded so that elements are 64-byte
/// aligned in the file. An error for a type that NumPy does not have (bf16).
Result<std::string> makeNpyHeader(StorageType type, const std::vector<int64_t> &shape);
/// Why the elements of such a tensor can not be read.
Error unsupportedNpyType(const std::string &name, const std::string &typeText);

/// The format for TensorFile.cpp: see TensorFile::open and writeTensorFile.
Result<std::vector<StoredTensor>> readNpy(const std::string &path, const OwnedBytes &file);
Status writeNpy(const std::string &path, const std::vector<TensorToWrite> &tensors);

} // namespace cnnc
