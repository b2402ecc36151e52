// Nearest and linear resizing. Element x of a dim of the result shows the place p of the input's:
//
//   half_pixel          p = (x + 1/2) / s - 1/2         s: the scale, result over input
//   pytorch_half_pixel  the same, but 0 where the result has a single element
//   asymmetric          p = x / s
//   align_corners       p = x (input - 1) / (result - 1), 0 where the result has a single element
//
// nearest takes the element at p rounded, linear mixes the two around it; outside of the input is
// its edge. resize_grad takes each element of the gradient back to where it was taken from. Places
// are fractions of integers, so that none is rounded the wrong way.
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

/// What element x of the result takes from the input: `share` of the element `first`, and the rest
/// of `next`.
struct Taken {
  int64_t first, next;
  double share;
};

static Taken takenFrom(const OpDescription &op, const ResizedDim &dim, int64_t x) {
  Fraction place = placeOf(op.getString("coordinate_transformation_mode"), dim, x);
  if (op.getString("mode") == "nearest") {
    int64_t nearest = roundPlace(op.getString("nearest_mode"), place);
    return {nearest, nearest, 1};
  }
  assert(op.getString("mode") == "linear" && "mode without a reference");
  double rest = static_cast<double>(place.over % place.under) / static_cast<double>(place.under);
  return {place.floor(), std::min(place.floor() + 1, dim.input - 1), 1 - rest};
}

/// Calls visit(result's offset, input's first, input's next, share) for every element of a tensor
/// of the shape `input`, resized along a dim.
template <typename Visit>
static void walkResized(const OpDescription &op, const Shape &input, size_t axis,
                        const ResizedDim &dim, const Visit &visit) {
  int64_t outer = product(input, 0, axis), inner = product(input, axis + 1, input.size());
  for (int64_t x = 0; x < dim.result; ++x) {
    Taken taken = takenFrom(op, dim, x);
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t i = 0; i < inner; ++i)
        visit((o * dim.result + x) * inner + i, (o * dim.input + taken.first) * inner + i,
              (o * dim.input + taken.next) * inner + i, taken.share);
  }
}

static Tensor<double> resizeAlong(const OpDescription &op, const Tensor<double> &input, size_t axis,
                                  const ResizedDim &dim) {
  Shape shape = input.shape;
  shape[axis] = dim.result;
  Tensor<double> result(shape);
  walkResized(
      op, input.shape, axis, dim, [&](int64_t to, int64_t first, int64_t next, double share) {
        const double *x = input.data();
        result.data()[to] = share == 1 ? x[first] : share * x[first] + (1 - share) * x[next];
      });
  return result;
}

/// The gradient along a dim goes back to where its elements were taken from.
static Tensor<double> giveBack(const OpDescription &op, const Tensor<double> &gradient, size_t axis,
                               const ResizedDim &dim) {
  Shape shape = gradient.shape;
  shape[axis] = dim.input;
  Tensor<double> result(shape);
  walkResized(op, shape, axis, dim, [&](int64_t from, int64_t first, int64_t next, double share) {
    result.data()[first] += share * gradient.data()[from];
    result.data()[next] += (1 - share) * gradient.data()[from];
  });
  return result;
}

/// `along` for one spatial dim after the other.
template <typename T, typename Along>
static Tensor<T> overDims(const OpDescription &op, const Tensor<T> &tensor,
                          const std::vector<ResizedDim> &dims, const Along &along) {
  Tensor<double> result(tensor.shape, {tensor.values.begin(), tensor.values.end()});
  for (size_t s = 0; s < dims.size(); ++s)
    result = along(op, result, s + 2, dims[s]);
  return {result.shape, std::vector<T>(result.values.begin(), result.values.end())};
}

/// The spatial dims of shapes before and after, by the op's scales, or else by the ratio of sizes.
static std::vector<ResizedDim> dimsOf(const OpDescription &op, const Shape &input,
                                      const Shape &result) {
  std::vector<int64_t> scales, divisors;
  if (op.attributes.count("scales")) {
    scales = op.getInts("scales");
    divisors = op.getInts("divisors");
  }
  std::vector<ResizedDim> dims;
  for (size_t s = 0; s + 2 < input.size(); ++s)
    dims.push_back({input[s + 2], result[s + 2], scales.empty() ? result[s + 2] : scales[s],
                    scales.empty() ? input[s + 2] : divisors[s]});
  return dims;
}

template <typename T> Tensor<T> resize(const OpDescription &op, const Operands<T> &operands) {
  Shape shape = operands[0]->shape;
  for (size_t s = 0; s + 2 < shape.size(); ++s)
    shape[s + 2] = shape[s + 2] * op.getInts("scales")[s] / op.getInts("divisors")[s];
  return overDims(op, *operands[0], dimsOf(op, operands[0]->shape, shape), resizeAlong);
}

template <typename T> Tensor<T> resize_like(const OpDescription &op, const Operands<T> &operands) {
  auto dims = dimsOf(op, operands[0]->shape, operands[1]->shape);
  return overDims(op, *operands[0], dims, resizeAlong);
}

template <typename T> Tensor<T> resize_grad(const OpDescription &op, const Operands<T> &operands) {
  auto dims = dimsOf(op, operands[1]->shape, operands[0]->shape);
  return overDims(op, *operands[0], dims, giveBack);
}

REFERENCE_INSTANTIATE(resize_grad)
REFERENCE_INSTANTIATE(resize)
REFERENCE_INSTANTIATE(resize_like)

} // namespace cnnc::reference::ops
