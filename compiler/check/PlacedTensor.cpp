#include "compiler/check/PlacedTensor.h"

#include <algorithm>
#include <cstring>

namespace cnnc {

PlacedTensor::PlacedTensor(const HostTensor &tensor, int64_t pitch, int64_t channel)
    : dense(tensor), pixelBytes(std::max<size_t>(dense.bytes.size(), 1)), pitchBytes(pixelBytes),
      first(0) {
  if (pitch > 0) {
    size_t elementBytes = static_cast<size_t>(sizeInBytes(dense.elementType));
    pixelBytes = static_cast<size_t>(dense.shape.back()) * elementBytes;
    pitchBytes = static_cast<size_t>(pitch) * elementBytes;
    first = static_cast<size_t>(channel) * elementBytes;
  }
  memory.assign(dense.bytes.size() / pixelBytes * pitchBytes, '\xff');
  for (size_t from = 0, to = first; from < dense.bytes.size(); from += pixelBytes, to += pitchBytes)
    std::memcpy(memory.data() + to, dense.bytes.data() + from, pixelBytes);
}

HostTensor PlacedTensor::read() const {
  HostTensor tensor = dense;
  for (size_t to = 0, from = first; to < tensor.bytes.size(); to += pixelBytes, from += pitchBytes)
    std::memcpy(tensor.bytes.data() + to, memory.data() + from, pixelBytes);
  return tensor;
}

bool PlacedTensor::neighboursIntact() const {
  for (size_t i = 0; i < memory.size(); ++i) {
    size_t inPixel = i % pitchBytes;
    bool own = inPixel >= first && inPixel < first + pixelBytes;
    if (!own && memory[i] != '\xff')
      return false;
  }
  return true;
}

} // namespace cnnc
