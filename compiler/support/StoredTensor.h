// One tensor of a file, as the reader of each format (Npy.h, Npz.h, Safetensors.h) describes it and
// as its writer takes it.
#pragma once

#include "compiler/support/MappedFile.h"
#include "compiler/support/StorageType.h"

#include <functional>
#include <string>
#include <vector>

namespace cnnc {

/// A tensor of a file: known by name and shape, its elements fetched on demand.
struct StoredTensor {
  std::string name;
  StorageType type = StorageType::F32;
  std::vector<int64_t> shape; ///< Outermost dim first; none for a scalar.
  bool columnMajor = false;   ///< The first dim is the fastest (NumPy calls it Fortran order).
  /// The elements as they lie in the file, exactly numBytes of type and shape.
  std::function<Result<OwnedBytes>()> load;

  int64_t numElements() const; ///< Readers have checked that it does not overflow.
};

/// A tensor to be written: `data` holds the elements of `shape` in row-major order.
struct TensorToWrite {
  std::string name;
  StorageType type = StorageType::F32;
  std::vector<int64_t> shape;
  const void *data = nullptr;
};

/// The bytes of a tensor; an error for a negative dim or a product beyond 2^63.
Result<int64_t> numBytes(StorageType type, const std::vector<int64_t> &shape);

/// "[16, 3, 3, 3]", as messages spell a shape.
std::string shapeToString(const std::vector<int64_t> &shape);

} // namespace cnnc
