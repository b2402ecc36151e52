// Walking tensors by tables: what an op reads, said dim by dim.
//
// Slice, flip, transpose, pad and broadcasting differ only in which coordinate of the input each
// coordinate of the result reads. An OffsetTable says so: table[d][i] is what coordinate i of the
// result's dim d adds to the offset into the input. A reversed dim counts down, a broadcast one is
// all zeros, a padded one holds `kOutside` where there is nothing to read.
#pragma once

#include "compiler/reference/Tensor.h"

#include <limits>

namespace cnnc::reference {

/// One row per dim of the result, one entry per coordinate.
using OffsetTable = std::vector<std::vector<int64_t>>;

/// Added to any offset, and to itself 63 times, it stays negative.
constexpr int64_t kOutside = std::numeric_limits<int64_t>::min() / 64;

/// A row of an OffsetTable: start, start + step, start + 2 step, ...
inline std::vector<int64_t> countBy(int64_t count, int64_t start, int64_t step) {
  std::vector<int64_t> row;
  for (int64_t i = 0; i < count; ++i)
    row.push_back(start + i * step);
  return row;
}

/// The table that reads a tensor of this shape element by element, in its order.
template <typename T> OffsetTable identityTable(const Tensor<T> &input) {
  OffsetTable table;
  Shape strides = input.strides();
  for (size_t dim = 0; dim < input.rank(); ++dim)
    table.push_back(countBy(input.shape[dim], 0, strides[dim]));
  return table;
}

/// Calls visit(offset) for every index of the box that the table spans, in row-major order.
template <typename Visit>
void walk(const OffsetTable &table, const Visit &visit, size_t dim = 0, int64_t offset = 0) {
  if (dim == table.size())
    return visit(offset);
  if (dim + 1 < table.size()) {
    for (int64_t step : table[dim])
      walk(table, visit, dim + 1, offset + step);
    return;
  }
  for (int64_t step : table[dim])
    visit(offset + step);
}

/// The tensor of the elements that the table names, and `outside` where it names none.
template <typename T>
Tensor<T> gather(const Tensor<T> &input, const OffsetTable &table, T outside = 0) {
  Tensor<T> result;
  for (const std::vector<int64_t> &row : table)
    result.shape.push_back(static_cast<int64_t>(row.size()));
  result.values.reserve(static_cast<size_t>(product(result.shape, 0, table.size())));
  walk(table, [&](int64_t offset) {
    result.values.push_back(offset < 0 ? outside : input.values[static_cast<size_t>(offset)]);
  });
  return result;
}

} // namespace cnnc::reference
