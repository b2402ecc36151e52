#include "compiler/support/StoredTensor.h"

namespace cnnc {

int64_t StoredTensor::numElements() const {
  int64_t count = 1;
  for (int64_t dim : shape)
    count *= dim;
  return count;
}

Result<int64_t> numBytes(StorageType type, const std::vector<int64_t> &shape) {
  // A zero among the dims makes the product 0, whatever the others; they must be sane all the same.
  int64_t bytes = sizeInBytes(type) ? sizeInBytes(type) : 1;
  bool empty = false;
  for (int64_t dim : shape) {
    if (dim < 0)
      return Error{"the shape " + shapeToString(shape) + " has a negative dim"};
    empty |= dim == 0;
    if (dim != 0 && __builtin_mul_overflow(bytes, dim, &bytes))
      return Error{"the shape " + shapeToString(shape) + " has more than 2^63 bytes"};
  }
  return empty ? 0 : bytes;
}

std::string shapeToString(const std::vector<int64_t> &shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

} // namespace cnnc
