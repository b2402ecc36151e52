#include "compiler/tool/train/Accuracy.h"

namespace cnnc {

/// The dims of a border tensor in logical order, but for the channels.
static std::vector<std::string> dimsWithoutChannels(const BorderTensor &tensor) {
  std::vector<std::string> dims;
  size_t channels = tensor.channelsLast ? tensor.shape.size() - 1 : 1;
  for (size_t i = 0; i < tensor.shape.size(); ++i)
    if (i != channels)
      dims.push_back(tensor.shape[i].toString());
  return dims;
}

std::optional<Classification> findClassification(const NetworkPlan &plan,
                                                 const DataFormat &format) {
  if (format.labels.size() != 1)
    return std::nullopt;
  const LabelCheck &labels = format.labels.front();
  const BorderTensor &target = format.targets[static_cast<size_t>(labels.target)];
  std::vector<std::string> dims;
  for (const SizeExpr &dim : target.shape)
    dims.push_back(dim.toString());
  std::optional<Classification> found;
  for (size_t i = 0; i < plan.outputs.size(); ++i) {
    const BorderTensor &output = plan.outputs[i];
    if (output.shape.size() != dims.size() + 1)
      continue;
    const SizeExpr &channels = output.channelsLast ? output.shape.back() : output.shape[1];
    if (!channels.isConstant() || channels.value() != labels.classes ||
        dimsWithoutChannels(output) != dims)
      continue;
    if (found)
      return std::nullopt;
    found = Classification{i, labels};
  }
  return found;
}

Hits countHits(const LogicalTensor &output, const LogicalTensor &labels, int64_t ignored) {
  const int64_t classes = output.shape[1], batch = output.shape[0];
  const int64_t places = labels.size() / batch; // Of one sample.
  Hits hits;
  for (int64_t i = 0; i < labels.size(); ++i) {
    auto label = static_cast<int64_t>(labels.values[static_cast<size_t>(i)]);
    if (label == ignored)
      continue;
    const double *first = output.data() + i / places * classes * places + i % places;
    int64_t best = 0;
    for (int64_t c = 1; c < classes; ++c)
      if (first[c * places] > first[best * places])
        best = c;
    hits.right += best == label;
    ++hits.all;
  }
  return hits;
}

} // namespace cnnc
