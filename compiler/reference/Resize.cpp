// Nearest and linear resizing. Element x of a dim of the result shows the place p of the input's:
//
//   half_pixel          p = (x + 1/2) / s - 1/2         s: the scale, result over input
//   pytorch_half_pixel  the same, but 0 where the result has a single element
//   asymmetric          p = x / s
//   align_corners       p = x (input - 1) / (result - 1), 0 where the result has a single element
//
// nearest takes the element at p rounded, linear mixes the two around it; outside of the input is
// its edge. Places are fractions of integers, so that none is rounded the wrong way.
#include "compiler/reference/Gather.h"
#include "compiler/reference/Ops.h"

#include <algorithm>

namespace cnnc::reference::ops {

namespace {
/// A dim before and after, and what the latter is over the former.
struct ResizedDim {
  int64_t input, result, scale, divisor;
};

/// over / under, at least 0.
struct Fraction {
  int64_t over, under;

  int64_t floor() const { return over / under; }
  int64_t ceil() const { return (over + under - 1) / under; }
  Fraction doubled() const { return {2 * over, 2 * under}; }
};
} // namespace

/// The place in the input that element x of the result shows.
static Fraction placeOf(const std::string &mode, const ResizedDim &dim, int64_t x) {
  bool single = dim.result == 1;
  Fraction place{x * dim.divisor, dim.scale}; // asymmetric
  if (mode == "align_corners")
    place = {x * (dim.input - 1), std::max<int64_t>(dim.result - 1, 1)};
  else if (mode == "half_pixel" || (mode == "pytorch_half_pixel" && !single))
    place = {(2 * x + 1) * dim.divisor - dim.scale, 2 * dim.scale};
  else
    assert((mode == "asymmetric" || mode == "pytorch_half_pixel") && "mode without a reference");
  place.over = std::clamp<int64_t>(place.over, 0, (dim.input - 1) * place.under);
  return place;
}

static int64_t roundPlace(const std::string &mode, const Fraction &place) {
  if (mode == "floor")
    return place.floor();
  if (mode == "ceil")
    return place.ceil();
  // Half of a place up or down is half of `under`, once both are doubled.
  Fraction twice = place.doubled();
  if (mode == "round_prefer_ceil")
    return Fraction{twice.over + place.under, twice.under}.floor();
  assert(mode == "round_prefer_floor" && "rounding without a reference");
  return Fraction{std::max<int64_t>(twice.over - place.under, 0), twice.under}.ceil();
}

template <typename T>
static Tensor<T> takeNearest(const Tensor<T> &input, const OpDescription &op, size_t axis,
                             const ResizedDim &dim) {
  OffsetTable table = identityTable(input);
  table[axis].clear();
  for (int64_t x = 0; x < dim.result; ++x) {
    Fraction place = placeOf(op.getString("coordinate_transformation_mode"), dim, x);
    table[axis].push_back(roundPlace(op.getString("nearest_mode"), place) * input.strides()[axis]);
  }
  return gather(input, table);
}

static Tensor<double> mixNeighbours(const Tensor<double> &input, const OpDescription &op,
                                    size_t axis, const ResizedDim &dim) {
  OffsetTable before = identityTable(input);
  before[axis].clear();
  OffsetTable after = before;
  std::vector<double> share;
  for (int64_t x = 0; x < dim.result; ++x) {
    Fraction place = placeOf(op.getString("coordinate_transformation_mode"), dim, x);
    int64_t first = place.floor(), stride = input.strides()[axis];
    before[axis].push_back(first * stride);
    after[axis].push_back(std::min(first + 1, dim.input - 1) * stride);
    share.push_back(static_cast<double>(place.over % place.under) /
                    static_cast<double>(place.under));
  }
  Tensor<double> low = gather(input, before), high = gather(input, after);
  int64_t stride = low.strides()[axis];
  for (int64_t i = 0; i < low.size(); ++i) {
    size_t at = static_cast<size_t>(i);
    double t = share[static_cast<size_t>(i / stride % dim.result)];
    low.values[at] = (1 - t) * low.values[at] + t * high.values[at];
  }
  return low;
}

/// One spatial dim after the other.
template <typename T>
static Tensor<T> resizeDims(const OpDescription &op, const Tensor<T> &input,
                            const std::vector<ResizedDim> &dims) {
  if (op.getString("mode") == "nearest") {
    Tensor<T> result = input;
    for (size_t s = 0; s < dims.size(); ++s)
      result = takeNearest(result, op, s + 2, dims[s]);
    return result;
  }
  assert(op.getString("mode") == "linear" && "mode without a reference");
  Tensor<double> result(input.shape, {input.values.begin(), input.values.end()});
  for (size_t s = 0; s < dims.size(); ++s)
    result = mixNeighbours(result, op, s + 2, dims[s]);
  return {result.shape, std::vector<T>(result.values.begin(), result.values.end())};
}

template <typename T> Tensor<T> resize(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &input = *operands[0];
  std::vector<ResizedDim> dims;
  for (size_t s = 0; s + 2 < input.rank(); ++s) {
    int64_t size = input.shape[s + 2], scale = op.getInts("scales")[s],
            divisor = op.getInts("divisors")[s];
    dims.push_back({size, size * scale / divisor, scale, divisor});
  }
  return resizeDims(op, input, dims);
}

template <typename T> Tensor<T> resize_like(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &input = *operands[0], &like = *operands[1];
  std::vector<ResizedDim> dims;
  for (size_t dim = 2; dim < input.rank(); ++dim)
    dims.push_back({input.shape[dim], like.shape[dim], like.shape[dim], input.shape[dim]});
  return resizeDims(op, input, dims);
}

/// What element x of the result takes from the input: the first element and its share; the rest is
/// the next one's.
static std::pair<int64_t, double> takenFrom(const OpDescription &op, const ResizedDim &dim,
                                            int64_t x) {
  Fraction place = placeOf(op.getString("coordinate_transformation_mode"), dim, x);
  if (op.getString("mode") == "nearest")
    return {roundPlace(op.getString("nearest_mode"), place), 1};
  double rest = static_cast<double>(place.over % place.under) / static_cast<double>(place.under);
  return {place.floor(), 1 - rest};
}

/// The gradient along a dim goes back to where its elements were taken from.
static Tensor<double> giveBack(const Tensor<double> &gradient, const OpDescription &op, size_t axis,
                               const ResizedDim &dim) {
  Shape shape = gradient.shape;
  shape[axis] = dim.input;
  Tensor<double> result(shape);
  int64_t inner = product(shape, axis + 1, shape.size()), outer = product(shape, 0, axis);
  for (int64_t x = 0; x < dim.result; ++x) {
    auto [first, share] = takenFrom(op, dim, x);
    int64_t next = std::min(first + 1, dim.input - 1);
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t i = 0; i < inner; ++i) {
        double g = gradient.data()[(o * dim.result + x) * inner + i];
        result.data()[(o * dim.input + first) * inner + i] += share * g;
        result.data()[(o * dim.input + next) * inner + i] += (1 - share) * g;
      }
  }
  return result;
}

template <typename T> Tensor<T> resize_grad(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &gradient = *operands[0], &like = *operands[1];
  const std::vector<int64_t> &scales = op.getInts("scales"), &divisors = op.getInts("divisors");
  Tensor<double> result(gradient.shape, {gradient.values.begin(), gradient.values.end()});
  for (size_t axis = 2; axis < like.rank(); ++axis) {
    ResizedDim dim{like.shape[axis], gradient.shape[axis], gradient.shape[axis], like.shape[axis]};
    if (!scales.empty()) {
      dim.scale = scales[axis - 2];
      dim.divisor = divisors[axis - 2];
    }
    result = giveBack(result, op, axis, dim);
  }
  return {result.shape, std::vector<T>(result.values.begin(), result.values.end())};
}

REFERENCE_INSTANTIATE(resize_grad)
REFERENCE_INSTANTIATE(resize)
REFERENCE_INSTANTIATE(resize_like)

} // namespace cnnc::reference::ops
