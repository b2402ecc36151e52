// pad: a border of a constant, of the nearest element (edge), of the mirror image (reflect, the
// edge not repeated) or of the other side (wrap).
#include "compiler/kernels/KernelBuild.h"

namespace cnnc {

using namespace Halide;

// The coordinate inside [0, extent) that the border shows at coordinate `at`.
static Expr bordered(const std::string &mode, const Expr &at, const Expr &extent) {
  if (mode == "wrap")
    return at % extent;
  if (mode == "reflect") {
    Expr period = max(2 * (extent - 1), 1);
    Expr inPeriod = at % period;
    return min(inPeriod, max(period - inPeriod, 0));
  }
  return clamp(at, 0, extent - 1);
}

Value buildPad(KernelBuild &build, const OpDescription &op, const std::vector<Value> &operands) {
  const Value &input = operands[0];
  const std::vector<int64_t> &pads = op.getInts("pads");
  const std::string &mode = op.getString("mode");
  size_t rank = input.shape.size();
  Indices shape;
  for (size_t dim = 0; dim < rank; ++dim)
    shape.push_back(simplify(input.shape[dim] + static_cast<int>(pads[dim] + pads[dim + rank])));
  Type type = halideType(op.result.elementType);
  return build.define(op, build.resultShape(op, shape), [&](const Indices &at) {
    Indices coordinates;
    Expr inside = Internal::const_true();
    for (size_t dim = 0; dim < rank; ++dim) {
      if (pads[dim] == 0 && pads[dim + rank] == 0) {
        coordinates.push_back(at[dim]);
        continue;
      }
      Expr own = at[dim] - static_cast<int>(pads[dim]);
      inside = inside && likely(own >= 0) && likely(own < input.shape[dim]);
      coordinates.push_back(clamp(bordered(mode, own, input.shape[dim]), 0, input.shape[dim] - 1));
    }
    Expr value = input.at(coordinates);
    if (mode != "constant")
      return value;
    return select(simplify(inside), value, cast(type, static_cast<float>(op.getFloat("value"))));
  });
}

} // namespace cnnc
