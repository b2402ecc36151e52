// The tensors of a network: from files or drawn, as its border has them.
#pragma once

#include "compiler/check/HostTensor.h"
#include "compiler/codegen/NetworkPlan.h"
#include "compiler/support/Result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace cnnc {

/// The shape of a border tensor at these sizes.
std::vector<int64_t> shapeAt(const BorderTensor &tensor, const std::vector<int64_t> &sizes);
/// Whether an array of samples fits `border`, whose first dim is their number. Its other dims give
/// symbolic sizes, which are called `names`, their values. The error names both shapes.
Status matchSamples(const BorderTensor &border, const std::vector<std::string> &names,
                    const std::vector<int64_t> &shape, std::vector<int64_t> &sizes);

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
