// Pooling: per channel, the maximum or the mean of what the window sees.
//
//   max_pool:  y[n, c, p] = max over k of x[n, c, p*stride + k*dilation - pad], padding left out
//   avg_pool:  y[n, c, p] = sum over k of the same, by the number of elements seen; with
//              count_include_pad, padding counts as elements of value 0, but not what a last window
//              of ceil_mode covers beyond it
//
// and their gradients, g being that with respect to the result:
//
//   max_pool_grad:  the sum of g over the windows of which x is the first of the largest elements
//   avg_pool_grad:  the sum of g, by the number of elements seen, over the windows that see x
#include "compiler/reference/Ops.h"
#include "compiler/reference/Window.h"

#include <algorithm>
#include <limits>

namespace cnnc::reference::ops {

/// Combines the inputs that each output sees, plane by plane: y = combine(y, x) from `start` on.
template <typename T, typename Combine>
static Tensor<double> pool(const Tensor<T> &input, const std::vector<WindowDim> &dims, double start,
                           const Combine &combine) {
  Shape shape = windowResultShape(input.shape[0], input.shape[1], dims);
  auto result = Tensor<double>::filled(shape, start);
  auto taps = tapRows(dims);
  int64_t stride = dims.back().stride;
  for (int64_t plane = 0; plane < input.shape[0] * input.shape[1]; ++plane) {
    const T *x = input.data() + plane * inputPlane(dims);
    double *y = result.data() + plane * outputPlane(dims);
    for (const std::vector<Row> &rows : taps)
      for (const Row &row : rows)
        for (int64_t i = 0; i < row.count; ++i)
          y[row.output + i] = combine(y[row.output + i], x[row.input + i * stride]);
  }
  return result;
}

/// How many elements each position of an output plane averages.
static std::vector<double> countSeen(std::vector<WindowDim> dims, bool includePad) {
  for (WindowDim &dim : dims)
    if (includePad) // A plane as large as the padded input, and no padding.
      dim.input += std::exchange(dim.padBegin, 0) + std::exchange(dim.padEnd, 0);
  std::vector<double> count(static_cast<size_t>(outputPlane(dims)));
  for (const std::vector<Row> &rows : tapRows(dims))
    for (const Row &row : rows)
      for (int64_t i = 0; i < row.count; ++i)
        ++count[static_cast<size_t>(row.output + i)];
  return count;
}

template <typename T> Tensor<T> max_pool(const OpDescription &op, const Operands<T> &operands) {
  auto dims = windowDims(op, operands[0]->shape, op.getInts("kernel_shape"));
  Tensor<double> result = pool(*operands[0], dims, -std::numeric_limits<double>::infinity(),
                               [](double y, double x) { return std::max(y, x); });
  return {result.shape, std::vector<T>(result.values.begin(), result.values.end())};
}

template <typename T> Tensor<T> avg_pool(const OpDescription &op, const Operands<T> &operands) {
  auto dims = windowDims(op, operands[0]->shape, op.getInts("kernel_shape"));
  Tensor<double> result = pool(*operands[0], dims, 0, [](double y, double x) { return y + x; });
  std::vector<double> count = countSeen(dims, op.getBool("count_include_pad"));
  for (size_t i = 0; i < result.values.size(); ++i)
    result.values[i] /= count[i % count.size()];
  return {result.shape, std::vector<T>(result.values.begin(), result.values.end())};
}

template <typename T>
Tensor<T> max_pool_grad(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &input = *operands[0], &gradient = *operands[1];
  auto dims = windowDims(op, input.shape, op.getInts("kernel_shape"));
  auto taps = tapRows(dims);
  Tensor<double> result(input.shape);
  size_t positions = static_cast<size_t>(outputPlane(dims));
  for (int64_t plane = 0; plane < input.shape[0] * input.shape[1]; ++plane) {
    const T *x = input.data() + plane * inputPlane(dims);
    std::vector<int64_t> largest(positions, -1); // Of each window: where in the plane.
    for (const std::vector<Row> &rows : taps)
      for (const Row &row : rows)
        for (int64_t i = 0; i < row.count; ++i) {
          int64_t at = row.input + i * dims.back().stride;
          int64_t &found = largest[static_cast<size_t>(row.output + i)];
          if (found < 0 || x[at] > x[found])
            found = at;
        }
    for (size_t i = 0; i < positions; ++i)
      result.data()[plane * inputPlane(dims) + largest[i]] +=
          gradient.data()[plane * outputPlane(dims) + static_cast<int64_t>(i)];
  }
  return {result.shape, std::vector<T>(result.values.begin(), result.values.end())};
}

template <typename T>
Tensor<T> avg_pool_grad(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &gradient = *operands[0], &like = *operands[1];
  auto dims = windowDims(op, like.shape, op.getInts("kernel_shape"));
  std::vector<double> count = countSeen(dims, op.getBool("count_include_pad"));
  Tensor<double> result(like.shape);
  for (int64_t plane = 0; plane < like.shape[0] * like.shape[1]; ++plane) {
    const T *g = gradient.data() + plane * outputPlane(dims);
    double *x = result.data() + plane * inputPlane(dims);
    for (const std::vector<Row> &rows : tapRows(dims))
      for (const Row &row : rows)
        for (int64_t i = 0; i < row.count; ++i)
          x[row.input + i * dims.back().stride] +=
              g[row.output + i] / count[static_cast<size_t>(row.output + i)];
  }
  return {result.shape, std::vector<T>(result.values.begin(), result.values.end())};
}

REFERENCE_INSTANTIATE(max_pool_grad)
REFERENCE_INSTANTIATE(avg_pool_grad)
REFERENCE_INSTANTIATE(max_pool)
REFERENCE_INSTANTIATE(avg_pool)

} // namespace cnnc::reference::ops
