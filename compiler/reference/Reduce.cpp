// Reductions over any set of dims: the mean, maximum or sum of all elements that differ only there.
// The global pools are reductions over all of space.
#include "compiler/reference/Gather.h"
#include "compiler/reference/Ops.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace cnnc::reference::ops {

/// Combines along `axes`, from `start` on; they stay as dims of 1 when `keepDims`.
template <typename T, typename Combine>
static Tensor<double> reduce(const Tensor<T> &input, const std::vector<int64_t> &axes,
                             bool keepDims, double start, const Combine &combine) {
  Shape kept = input.shape, shape;
  for (int64_t axis : axes)
    kept[static_cast<size_t>(axis)] = 1;
  for (size_t dim = 0; dim < kept.size(); ++dim)
    if (keepDims || !std::count(axes.begin(), axes.end(), static_cast<int64_t>(dim)))
      shape.push_back(kept[dim]);

  auto result = Tensor<double>::filled(kept, start);
  OffsetTable table = identityTable(result); // Where each element of the input goes.
  for (int64_t axis : axes)
    table[static_cast<size_t>(axis)] = countBy(input.shape[static_cast<size_t>(axis)], 0, 0);
  const T *x = input.data();
  walk(table, [&](int64_t offset) {
    double &y = result.values[static_cast<size_t>(offset)];
    y = combine(y, *x++);
  });
  return {shape, std::move(result.values)};
}

template <typename T> static Tensor<T> store(const Tensor<double> &result) {
  return {result.shape, std::vector<T>(result.values.begin(), result.values.end())};
}

template <typename T>
static Tensor<double> sum(const Tensor<T> &input, const std::vector<int64_t> &axes, bool keepDims) {
  return reduce(input, axes, keepDims, 0, [](double y, double x) { return y + x; });
}

template <typename T>
static Tensor<T> mean(const Tensor<T> &input, const std::vector<int64_t> &axes, bool keepDims) {
  Tensor<double> result = sum(input, axes, keepDims);
  double count = static_cast<double>(input.size()) / static_cast<double>(result.size());
  for (double &value : result.values)
    value /= count;
  return store<T>(result);
}

template <typename T>
static Tensor<T> maximumOf(const Tensor<T> &input, const std::vector<int64_t> &axes,
                           bool keepDims) {
  return store<T>(reduce(input, axes, keepDims, -std::numeric_limits<double>::infinity(),
                         [](double y, double x) { return std::max(y, x); }));
}

/// The spatial dims of N, C, space.
template <typename T> static std::vector<int64_t> spatialAxes(const Tensor<T> &input) {
  std::vector<int64_t> axes(input.rank() - 2);
  std::iota(axes.begin(), axes.end(), 2);
  return axes;
}

template <typename T> Tensor<T> reduce_sum(const OpDescription &op, const Operands<T> &operands) {
  return store<T>(sum(*operands[0], op.getInts("axes"), op.getBool("keepdims")));
}

template <typename T> Tensor<T> reduce_mean(const OpDescription &op, const Operands<T> &operands) {
  return mean(*operands[0], op.getInts("axes"), op.getBool("keepdims"));
}

template <typename T> Tensor<T> reduce_max(const OpDescription &op, const Operands<T> &operands) {
  return maximumOf(*operands[0], op.getInts("axes"), op.getBool("keepdims"));
}

template <typename T>
Tensor<T> global_avg_pool(const OpDescription &op, const Operands<T> &operands) {
  return mean(*operands[0], spatialAxes(*operands[0]), false);
}

template <typename T>
Tensor<T> global_max_pool(const OpDescription &op, const Operands<T> &operands) {
  return maximumOf(*operands[0], spatialAxes(*operands[0]), false);
}

REFERENCE_INSTANTIATE(reduce_sum)
REFERENCE_INSTANTIATE(reduce_mean)
REFERENCE_INSTANTIATE(reduce_max)
REFERENCE_INSTANTIATE(global_avg_pool)
REFERENCE_INSTANTIATE(global_max_pool)

} // namespace cnnc::reference::ops
