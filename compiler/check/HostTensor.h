// Tensors on their way between the reference (logical order, doubles) and kernels (memory).
#pragma once

#include "compiler/kernels/Kernel.h"
#include "compiler/reference/Tensor.h"

#include <cstdint>
#include <vector>

namespace cnnc {

/// A dense tensor in memory, slowest dim first.
struct HostTensor {
  ElementType elementType = ElementType::F32;
  std::vector<int64_t> shape;
  std::vector<char> bytes;

  HostTensor() = default;
  HostTensor(ElementType type, std::vector<int64_t> shape); ///< Zeros.
};

using LogicalTensor = reference::Tensor<double>;

/// The elements in logical order, and back. `layout` says how they lie in memory; a rank below 3 is
/// row-major in any.
LogicalTensor toLogical(const HostTensor &tensor, Layout layout);
HostTensor toMemory(const LogicalTensor &tensor, ElementType type, Layout layout);

/// Values that a network might see, the same for the same seed: all of u8, else within [-1, 1).
HostTensor randomTensor(ElementType type, const std::vector<int64_t> &shape, uint64_t seed);

/// Where the tensors' elements are, for a compiled network to read, or to write.
std::vector<const void *> pointersTo(const std::vector<HostTensor> &tensors);
std::vector<void *> pointersInto(std::vector<HostTensor> &tensors);

/// `values`, as many as `shape` has elements, converted to `type`.
HostTensor fromFloats(ElementType type, const std::vector<int64_t> &shape, const float *values);

} // namespace cnnc
