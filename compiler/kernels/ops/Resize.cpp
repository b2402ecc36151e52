// resize and resize_like: element x of a dim of the result shows a place p of the input's, which is
// a fraction (see the ops' records). nearest reads the element at p rounded, linear
//
//     result[n, c, y, x] = mix of input[n, c, floor(p), ...] and input[n, c, floor(p) + 1, ...]
//
// one spatial dim inside the other. Fractions are of 64-bit integers: exact, for rows of any
// length.
//
// resize_grad is the same from the input's side: the sum over the elements of the gradient that may
// have been taken from an element, times the share that was.
#include "compiler/kernels/KernelBuild.h"

namespace cnnc {

using namespace Halide;

namespace {

/// A spatial dim before and after; `scale` / `divisor` is the ratio.
struct ResizedDim {
  Expr input, result, scale, divisor;
};

/// A place inside the input: over / under, both in 64 bits.
struct Place {
  Expr over, under;

  Expr floor() const { return cast<int>(over / under); }
  Expr share() const { return cast<float>(over % under) / cast<float>(under); }
};

} // namespace

static Expr wide(const Expr &x) { return cast<int64_t>(x); }

static Place placeOf(const OpDescription &op, const ResizedDim &dim, const Expr &at) {
  const std::string &mode = op.getString("coordinate_transformation_mode");
  Expr x = wide(at), scale = wide(dim.scale), divisor = wide(dim.divisor);
  Place place{x * divisor, scale}; // asymmetric
  if (mode == "align_corners")
    place = {x * wide(dim.input - 1), wide(max(dim.result - 1, 1))};
  if (mode == "half_pixel" || mode == "pytorch_half_pixel")
    place = {(2 * x + 1) * divisor - scale, 2 * scale};
  if (mode == "pytorch_half_pixel")
    place.over = select(dim.result == 1, 0, place.over);
  place.over = clamp(place.over, 0, wide(dim.input - 1) * place.under);
  return place;
}

// Whole factors repeat elements, whatever rounds p = (x + 1/2) / s - 1/2 to the nearest.
static bool repeatsElements(const OpDescription &op, const ResizedDim &dim) {
  if (!is_const_one(dim.divisor))
    return false;
  const std::string &mode = op.getString("coordinate_transformation_mode"),
                    &rounding = op.getString("nearest_mode");
  bool half = mode == "half_pixel" || mode == "pytorch_half_pixel";
  return half ? rounding != "floor" && rounding != "ceil"
              : mode == "asymmetric" && rounding == "floor";
}

static Expr nearestTo(const OpDescription &op, const ResizedDim &dim, const Expr &at) {
  if (repeatsElements(op, dim))
    return at / dim.scale;
  Place place = placeOf(op, dim, at);
  const std::string &rounding = op.getString("nearest_mode");
  if (rounding == "floor")
    return place.floor();
  if (rounding == "ceil")
    return Place{place.over + place.under - 1, place.under}.floor();
  // floor(p + 1/2), or ceil(p - 1/2).
  Expr half = rounding == "round_prefer_ceil" ? place.under : place.under - 1;
  return Place{2 * place.over + half, 2 * place.under}.floor();
}

/// The element of the result at `at`, whose first `done` dims are coordinates of the input already.
static Expr mixedAt(const OpDescription &op, const Value &input,
                    const std::vector<ResizedDim> &dims, const Indices &at, size_t done) {
  if (done == at.size())
    return input.at(at);
  const ResizedDim &dim = dims[done - 2];
  Place place = placeOf(op, dim, at[done]);
  Indices low = at, high = at;
  low[done] = place.floor();
  high[done] = min(low[done] + 1, dim.input - 1);
  Expr a = mixedAt(op, input, dims, low, done + 1), b = mixedAt(op, input, dims, high, done + 1);
  return a + cast(a.type(), place.share()) * (b - a);
}

static Value resized(KernelBuild &build, const OpDescription &op, const Value &input,
                     const std::vector<ResizedDim> &dims) {
  Indices shape = {input.shape[0], input.shape[1]};
  for (const ResizedDim &dim : dims)
    shape.push_back(dim.result);
  return build.define(op, shape, [&](const Indices &at) {
    if (op.getString("mode") == "linear")
      return mixedAt(op, input, dims, at, 2);
    Indices coordinates = {at[0], at[1]};
    for (size_t s = 0; s < dims.size(); ++s)
      coordinates.push_back(nearestTo(op, dims[s], at[s + 2]));
    return input.at(coordinates);
  });
}

Value buildResize(KernelBuild &build, const OpDescription &op, const std::vector<Value> &operands) {
  const Value &input = operands[0];
  const std::vector<int64_t> &scales = op.getInts("scales"), &divisors = op.getInts("divisors");
  Indices inferred = {input.shape[0], input.shape[1]};
  for (size_t s = 0; s < scales.size(); ++s)
    inferred.push_back(
        simplify(input.shape[s + 2] * static_cast<int>(scales[s]) / static_cast<int>(divisors[s])));
  Indices shape = build.resultShape(op, inferred);
  std::vector<ResizedDim> dims;
  for (size_t s = 0; s < scales.size(); ++s)
    dims.push_back({input.shape[s + 2], shape[s + 2], static_cast<int>(scales[s]),
                    static_cast<int>(divisors[s])});
  return resized(build, op, input, dims);
}

Value buildResizeLike(KernelBuild &build, const OpDescription &op,
                      const std::vector<Value> &operands) {
  const Value &input = operands[0], &like = operands[1];
  std::vector<ResizedDim> dims;
  for (size_t dim = 2; dim < like.shape.size(); ++dim)
    dims.push_back({input.shape[dim], like.shape[dim], like.shape[dim], input.shape[dim]});
  return resized(build, op, input, dims);
}

namespace {

/// The elements of a dim of the gradient that may show element `at` of the input, or the place
/// between it and a neighbour: `count` from `first` on.
struct ShownBy {
  Expr first, count;
};

} // namespace

static ShownBy shownBy(const OpDescription &op, const ResizedDim &dim, const Expr &at) {
  if (op.getString("mode") == "nearest" && repeatsElements(op, dim))
    return {at * dim.scale, dim.scale};
  // Those of places between at - 1 and at + 1: from the first beyond (at - 1) s, or with centres of
  // pixels (at - 1/2) s - 1/2, no more than 2 s. At the edge there are fewer.
  const std::string &mode = op.getString("coordinate_transformation_mode");
  bool corners = mode == "align_corners", edges = corners || mode == "asymmetric";
  Expr scale = wide(corners ? max(dim.result - 1, 1) : dim.scale);
  Expr divisor = wide(corners ? max(dim.input - 1, 1) : dim.divisor);
  Expr beyond = edges ? (2 * wide(at) - 2) * scale : (2 * wide(at) - 1) * scale - divisor;
  Expr first = cast<int>(beyond / (2 * divisor)) + 1;
  return {max(first, 0), simplify(cast<int>((2 * scale + divisor - 1) / divisor))};
}

/// How much of element x of the result is element `at` of the input.
static Expr shareOf(const OpDescription &op, const ResizedDim &dim, const Expr &x, const Expr &at,
                    Type type) {
  Expr one = Internal::make_one(type), zero = Internal::make_zero(type);
  if (op.getString("mode") == "nearest")
    return select(nearestTo(op, dim, x) == at, one, zero);
  Place place = placeOf(op, dim, x);
  Expr low = place.floor(), share = cast(type, place.share());
  return select(low == at, one - share, zero) +
         select(min(low + 1, dim.input - 1) == at, share, zero);
}

Value buildResizeGrad(KernelBuild &build, const OpDescription &op,
                      const std::vector<Value> &operands) {
  const Value &gradient = operands[0], &like = operands[1];
  const std::vector<int64_t> &scales = op.getInts("scales"), &divisors = op.getInts("divisors");
  std::vector<Var> vars = dimVars(like.rank());
  std::vector<ResizedDim> dims;
  Region ranges;
  for (size_t s = 0; s + 2 < like.shape.size(); ++s) {
    Expr input = like.shape[s + 2], result = gradient.shape[s + 2];
    bool fixed = !scales.empty();
    dims.push_back({input, result, fixed ? Expr(static_cast<int>(scales[s])) : result,
                    fixed ? Expr(static_cast<int>(divisors[s])) : input});
    ranges.insert(ranges.begin(), {0, shownBy(op, dims[s], vars[s + 2]).count});
  }
  RDom shown(ranges, build.name("shown"));
  Indices at = {vars[0], vars[1]};
  Type type = halideType(op.result.elementType);
  Expr share = Internal::make_one(type);
  for (size_t s = 0; s < dims.size(); ++s) {
    Expr x = shownBy(op, dims[s], vars[s + 2]).first + shown[static_cast<int>(dims.size() - 1 - s)];
    at.push_back(min(x, dims[s].result - 1));
    share *= select(x < dims[s].result, shareOf(op, dims[s], x, vars[s + 2], type),
                    Internal::make_zero(type));
  }
  Func sum(build.name("sum"));
  std::vector<Var> arguments = inMemoryOrder(Layout::ChannelsLast, vars);
  sum(arguments) = Internal::make_zero(type);
  sum(arguments) += share * gradient.at(at);
  build.setReduction(sum, shown);
  return build.define(op, build.resultShape(op, like.shape), [&](const Indices &result) {
    return sum(inMemoryOrder(Layout::ChannelsLast, result));
  });
}

} // namespace cnnc
