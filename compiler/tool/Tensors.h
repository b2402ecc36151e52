// Tensors on their way between files, the reference (logical order, doubles) and kernels (memory).
#pragma once

#include "compiler/codegen/NetworkPlan.h"
#include "compiler/reference/Tensor.h"
#include "compiler/support/Result.h"

#include <cstdint>
#include <string>
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

/// Reads an .npy (or the tensor `name` of an .npz or .safetensors), converted to `type`.
Result<HostTensor> readTensor(const std::string &path, const std::string &name, ElementType type);
/// Writes an .npy.
Status writeTensor(const std::string &path, const HostTensor &tensor);

/// The network's inputs: `files` (NAME=FILE) where given, random elsewhere; and the symbolic sizes
/// that the files have, `sizes` (one per symbolic size, typical ones to begin with) taking them
/// over. An error where a file's shape does not fit, both shapes named.
Result<std::vector<HostTensor>> makeInputs(const NetworkPlan &plan,
                                           const std::vector<std::string> &files, uint64_t seed,
                                           std::vector<int64_t> &sizes);
/// Zeros of the outputs' shapes at these sizes.
std::vector<HostTensor> makeOutputs(const NetworkPlan &plan, const std::vector<int64_t> &sizes);

} // namespace cnnc
