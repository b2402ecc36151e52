// NumPy's .npz: a zip archive with an .npy (Npy.h) per tensor, plain or deflated, through libzip.
#pragma once

#include "compiler/support/StoredTensor.h"

#include <string>
#include <vector>

namespace cnnc {

/// The format for TensorFile.cpp: see TensorFile::open and writeTensorFile. Elements are unpacked
/// when they are loaded; members that are not called *.npy are left out.
Result<std::vector<StoredTensor>> readNpz(const std::string &path, const OwnedBytes &file);
/// Stores without compression: weights hardly shrink, and reading is faster.
Status writeNpz(const std::string &path, const std::vector<TensorToWrite> &tensors);

} // namespace cnnc
