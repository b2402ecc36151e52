// A tensor in memory just as a kernel's argument lies: for a kernel that is called by itself.
#pragma once

#include "compiler/check/HostTensor.h"

namespace cnnc {

/// A tensor, among the channels of a larger one where it has a pitch. What lies between
/// its pixels are NaNs (bytes of 0xff), which no kernel may change or let reach its result.
class PlacedTensor {
public:
  /// `pitch` as in KernelSpec, 0: dense; `channel` is the first of its own in the larger one.
  explicit PlacedTensor(const HostTensor &dense, int64_t pitch = 0, int64_t channel = 0);

  /// The first element.
  void *data() { return memory.data() + first; }
  /// All memory, of the larger tensor where there is one.
  std::vector<char> &bytes() { return memory; }
  /// The tensor by itself.
  HostTensor read() const;
  /// True where nothing was written between the pixels.
  bool neighboursIntact() const;

private:
  HostTensor dense;
  size_t pixelBytes, pitchBytes, first; ///< Of the tensor, of the larger one; of the former in it.
  std::vector<char> memory;
};

} // namespace cnnc
