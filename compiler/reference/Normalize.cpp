// Normalisation by the statistics of the input itself:
//
//   y = (x - mean) / sqrt(variance + epsilon), then, but for normalize, scale * y + bias
//
// mean and variance being those of a set of elements, the variance the mean of (x - mean)^2:
//
//   normalize      the elements that differ in `axes` only
//   layer_norm     the elements that differ in the dims from `axis` on; a scale for each of them
//   group_norm     a group of successive channels of an image; a scale per channel
//   instance_norm  a channel of an image; a scale per channel
#include "compiler/reference/Ops.h"

#include <cmath>

namespace cnnc::reference::ops {

/// Normalises sets of elements: sets[i] is the number of the one, counted from 0, of element i.
template <typename T>
static Tensor<double> normalizeSets(const Tensor<T> &input, const std::vector<int64_t> &sets,
                                    double epsilon) {
  Tensor<double> y(input.shape, {input.values.begin(), input.values.end()});
  std::vector<double> counts(y.values.size()), means(counts), variances(counts);
  for (size_t i = 0; i < sets.size(); ++i) {
    counts[static_cast<size_t>(sets[i])] += 1;
    means[static_cast<size_t>(sets[i])] += y.values[i];
  }
  for (size_t set = 0; set < counts.size(); ++set)
    means[set] /= counts[set];
  for (size_t i = 0; i < sets.size(); ++i) {
    size_t set = static_cast<size_t>(sets[i]);
    y.values[i] -= means[set];
    variances[set] += y.values[i] * y.values[i] / counts[set];
  }
  for (size_t i = 0; i < sets.size(); ++i)
    y.values[i] /= std::sqrt(variances[static_cast<size_t>(sets[i])] + epsilon);
  return y;
}

/// scale * y + bias, each number of a parameter for `stride` successive elements, and all again
/// from the first. What there is no operand for is left out.
template <typename T>
static Tensor<T> scaled(const Tensor<double> &y, const Operands<T> &operands, int64_t stride) {
  Tensor<T> result(y.shape);
  for (int64_t i = 0; i < y.size(); ++i) {
    double value = y.data()[i];
    if (operands.size() > 1)
      value *= operands[1]->data()[i / stride % operands[1]->size()];
    if (operands.size() > 2)
      value += operands[2]->data()[i / stride % operands[2]->size()];
    result.data()[i] = static_cast<T>(value);
  }
  return result;
}

/// For each element the number of the run of `length` elements that it lies in.
static std::vector<int64_t> runsOf(int64_t length, int64_t size) {
  std::vector<int64_t> sets;
  for (int64_t i = 0; i < size; ++i)
    sets.push_back(i / length);
  return sets;
}

template <typename T> Tensor<T> normalize(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &input = *operands[0];
  Shape kept = input.shape, strides = input.strides();
  for (int64_t axis : op.getInts("axes"))
    kept[static_cast<size_t>(axis)] = 1;
  std::vector<int64_t> sets(input.values.size());
  for (int64_t i = 0; i < input.size(); ++i)
    for (size_t dim = 0; dim < kept.size(); ++dim)
      sets[static_cast<size_t>(i)] = sets[static_cast<size_t>(i)] * kept[dim] +
                                     i / strides[dim] % input.shape[dim] % kept[dim];
  return scaled(normalizeSets(input, sets, op.getFloat("epsilon")), operands, 1);
}

template <typename T> Tensor<T> layer_norm(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &input = *operands[0];
  int64_t length = product(input.shape, static_cast<size_t>(op.getInt("axis")), input.rank());
  std::vector<int64_t> sets = runsOf(length, input.size());
  return scaled(normalizeSets(input, sets, op.getFloat("epsilon")), operands, 1);
}

/// Of each image and group of channels by itself.
template <typename T>
static Tensor<T> normalizeGroups(const OpDescription &op, const Operands<T> &operands,
                                 int64_t groups) {
  const Tensor<T> &input = *operands[0];
  int64_t plane = product(input.shape, 2, input.rank());
  std::vector<int64_t> sets = runsOf(input.shape[1] / groups * plane, input.size());
  return scaled(normalizeSets(input, sets, op.getFloat("epsilon")), operands, plane);
}

template <typename T> Tensor<T> group_norm(const OpDescription &op, const Operands<T> &operands) {
  return normalizeGroups(op, operands, op.getInt("groups"));
}

template <typename T>
Tensor<T> instance_norm(const OpDescription &op, const Operands<T> &operands) {
  return normalizeGroups(op, operands, operands[0]->shape[1]);
}

REFERENCE_INSTANTIATE(normalize)
REFERENCE_INSTANTIATE(layer_norm)
REFERENCE_INSTANTIATE(group_norm)
REFERENCE_INSTANTIATE(instance_norm)

} // namespace cnnc::reference::ops
