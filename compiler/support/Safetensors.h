// safetensors: the length of a JSON header (8 bytes, little-endian), the header, the elements.
//
//     {"conv.filter": {"dtype": "F32", "shape": [32, 3, 3, 3], "data_offsets": [0, 3456]}, ...}
//
// Offsets count from the end of the header. "__metadata__" is a reserved name and is skipped.
#pragma once

#include "compiler/support/StoredTensor.h"

#include <string>
#include <vector>

namespace cnnc {

/// The format for TensorFile.cpp: see TensorFile::open and writeTensorFile. Refuses tensors whose
/// bytes overlap or do not match type and shape, and names that come twice.
Result<std::vector<StoredTensor>> readSafetensors(const std::string &path, const OwnedBytes &file);
/// Elements in the order of `tensors`; the first one's elements are 64-byte aligned in the file.
Status writeSafetensors(const std::string &path, const std::vector<TensorToWrite> &tensors);

} // namespace cnnc
