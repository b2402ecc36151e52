// What a network is trained on: samples in memory, from a file of arrays or folders of pictures.
#pragma once

#include "compiler/tool/train/TrainingNetwork.h"

#include <string>
#include <vector>

namespace cnnc {

/// What a network wants to know of each sample. The first dim of all tensors is the batch.
struct DataFormat {
  std::vector<BorderTensor> inputs, targets;
  std::vector<LabelCheck> labels; ///< Of which targets are labels.
  std::vector<std::string> sizes; ///< The names of the symbolic sizes.
  std::vector<int64_t> typicalSizes;

  /// The batch that the network is compiled for, or 0 if it takes any.
  int64_t fixedBatch() const;
};

struct Dataset {
  int64_t samples = 0;
  std::vector<HostTensor> inputs, targets; ///< In the format's order; their first dim: samples.
  std::vector<int64_t> sizes;              ///< The network's, that of the batch excepted.
  std::vector<std::string> classes;        ///< Of folders: their names. Else empty.
};

/// Reads a file with an array for each input and target, called like it, or a folder with a folder
/// of pictures for each class. The error names what does not fit.
Result<Dataset> readDataset(const std::string &path, const DataFormat &format);

/// The samples numbered samples[begin .. end), copied side by side.
Batch gather(const Dataset &data, const DataFormat &format, const std::vector<int64_t> &samples,
             size_t begin, size_t end);

/// Reads the folder: class k is the k-th folder by name. For networks with one input, a picture,
/// and one target, its label.
Result<Dataset> readPictureFolders(const std::string &path, const DataFormat &format);

} // namespace cnnc
