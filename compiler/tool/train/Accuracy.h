// How often the class with the largest output is the label.
#pragma once

#include "compiler/tool/train/Dataset.h"

#include <optional>

namespace cnnc {

/// The output and the labels that accuracy is about.
struct Classification {
  size_t output = 0;
  LabelCheck labels;
};

/// The output that has the classes of the only labels along its dim 1, and otherwise their dims;
/// none where it is not clear which that is.
std::optional<Classification> findClassification(const NetworkPlan &plan, const DataFormat &format);

/// Labels that are the class of the largest output, and all labels that are not to be ignored.
struct Hits {
  int64_t right = 0, all = 0;
};
Hits countHits(const LogicalTensor &output, const LogicalTensor &labels, int64_t ignored);

} // namespace cnnc
