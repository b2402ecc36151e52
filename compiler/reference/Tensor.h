// A dense tensor of the reference: a shape and its values, and nothing hidden.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace cnnc::reference {

using Shape = std::vector<int64_t>;

/// Product of the dims [begin, end) of a shape; 1 where there are none.
inline int64_t product(const Shape &shape, size_t begin, size_t end) {
  int64_t result = 1;
  for (size_t dim = begin; dim < end; ++dim)
    result *= shape[dim];
  return result;
}

/// A dense tensor, row-major in logical order (N, C, then space). A scalar has the shape {}.
/// Integers and booleans (0 or 1) are held as values of T: exact up to 2^24 in float, 2^53 in
/// double.
template <typename T> struct Tensor {
  Shape shape;
  std::vector<T> values;

  Tensor() = default;
  /// Zeros.
  explicit Tensor(Shape dims) : Tensor(filled(std::move(dims), 0)) {}
  Tensor(Shape dims, std::vector<T> elements)
      : shape(std::move(dims)), values(std::move(elements)) {
    assert(product(shape, 0, shape.size()) == size() && "shape and number of values differ");
  }

  /// A tensor of equal values.
  static Tensor filled(Shape shape, T value) {
    std::vector<T> values(static_cast<size_t>(product(shape, 0, shape.size())), value);
    return {std::move(shape), std::move(values)};
  }

  size_t rank() const { return shape.size(); }
  int64_t size() const { return static_cast<int64_t>(values.size()); } ///< Number of elements.
  T *data() { return values.data(); }
  const T *data() const { return values.data(); }

  /// Elements from one coordinate of each dim to the next.
  Shape strides() const {
    Shape result(rank(), 1);
    for (size_t dim = rank(); dim-- > 1;)
      result[dim - 1] = result[dim] * shape[dim];
    return result;
  }

  /// The element at an index, one coordinate per dim.
  T &at(const std::vector<int64_t> &index) { return values[offset(index)]; }
  const T &at(const std::vector<int64_t> &index) const { return values[offset(index)]; }

private:
  size_t offset(const std::vector<int64_t> &index) const {
    assert(index.size() == rank() && "an index has a coordinate per dim");
    int64_t result = 0;
    for (size_t dim = 0; dim < rank(); ++dim) {
      assert(index[dim] >= 0 && index[dim] < shape[dim] && "index outside of the tensor");
      result = result * shape[dim] + index[dim];
    }
    return static_cast<size_t>(result);
  }
};

} // namespace cnnc::reference
