// Weights, inputs and outputs in files: .safetensors, .npz and .npy behind one interface.
//
//     Result<TensorFile> file = TensorFile::open("weights.safetensors");
//     Result<FloatTensor> filter = file->readFloats("stem.conv.filter");
//
// Files are mapped and elements fetched when asked for: reading a float32 tensor of a safetensors
// or npy file copies nothing. Every error is a sentence that begins with the file's path.
#pragma once

#include "compiler/support/StoredTensor.h"

#include <string>
#include <vector>

namespace cnnc {

/// Elements in row-major order, in the type they are stored in. `bytes.data` may be unaligned.
struct RawTensor {
  StorageType type = StorageType::F32;
  std::vector<int64_t> shape;
  OwnedBytes bytes;
};

/// Elements as floats in row-major order; `data` is valid as long as a copy of `owner` exists, also
/// after the TensorFile is gone.
struct FloatTensor {
  std::vector<int64_t> shape;
  const float *data = nullptr;
  int64_t size = 0; ///< Number of elements.
  std::shared_ptr<const void> owner;
};

/// An open tensor file. Reading from one TensorFile (or copies of it) is for one thread at a time.
class TensorFile {
public:
  /// Opens by extension. An .npy holds one tensor, whose name is "" and which any name finds.
  static Result<TensorFile> open(const std::string &path);

  const std::string &path() const { return filePath; }
  /// All tensors, in the order of the file.
  const std::vector<StoredTensor> &tensors() const { return stored; }
  std::vector<std::string> names() const;

  /// The tensor called `name`; the error of an unknown name proposes one or lists what is there.
  Result<const StoredTensor *> find(const std::string &name) const;
  /// Elements as stored.
  Result<RawTensor> read(const std::string &name) const;
  /// Elements converted to float, from whatever type is stored.
  Result<FloatTensor> readFloats(const std::string &name) const;

private:
  Error failure(const std::string &reason) const { return Error{filePath + ": " + reason}; }

  std::string filePath;
  bool singleTensor = false;
  std::vector<StoredTensor> stored;
};

/// Writes .safetensors, .npz or (exactly one tensor, its name is not kept) .npy, by extension.
/// Equal tensors give equal bytes. The file is complete or not there (WriteFile.h).
Status writeTensorFile(const std::string &path, const std::vector<TensorToWrite> &tensors);

} // namespace cnnc
