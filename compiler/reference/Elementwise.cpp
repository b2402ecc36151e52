// The elementwise ops: one loop per arity; the formulas are rows of Elementwise.def.
#include "compiler/reference/Broadcast.h"
#include "compiler/reference/Ops.h"

#include <cmath>

namespace cnnc::reference::ops {

template <typename T, typename Formula>
static Tensor<T> map(const Tensor<T> &input, const Formula &formula) {
  Tensor<T> result = input;
  for (T &value : result.values)
    value = static_cast<T>(formula(value));
  return result;
}

template <typename T, typename Formula>
static Tensor<T> map(const Tensor<T> &a, const Tensor<T> &b, const Formula &formula) {
  Shape shape = broadcastShape(a.shape, b.shape);
  if (a.shape != shape)
    return map(broadcastTo(a, shape), b, formula);
  if (b.shape != shape)
    return map(a, broadcastTo(b, shape), formula);
  Tensor<T> result = a;
  for (size_t i = 0; i < result.values.size(); ++i)
    result.values[i] = static_cast<T>(formula(a.values[i], b.values[i]));
  return result;
}

#define UNARY(name, formula)                                                                       \
  template <typename T> Tensor<T> name(const OpDescription &op, const Operands<T> &operands) {     \
    return map(*operands[0], [](double x) { return formula; });                                    \
  }                                                                                                \
  REFERENCE_INSTANTIATE(name)

#define UNARY_WITH_1(name, first, formula)                                                         \
  template <typename T> Tensor<T> name(const OpDescription &op, const Operands<T> &operands) {     \
    double first = op.getFloat(#first);                                                            \
    return map(*operands[0], [=](double x) { return formula; });                                   \
  }                                                                                                \
  REFERENCE_INSTANTIATE(name)

#define UNARY_WITH_2(name, first, second, formula)                                                 \
  template <typename T> Tensor<T> name(const OpDescription &op, const Operands<T> &operands) {     \
    double first = op.getFloat(#first), second = op.getFloat(#second);                             \
    return map(*operands[0], [=](double x) { return formula; });                                   \
  }                                                                                                \
  REFERENCE_INSTANTIATE(name)

#define BINARY(name, formula)                                                                      \
  template <typename T> Tensor<T> name(const OpDescription &op, const Operands<T> &operands) {     \
    return map(*operands[0], *operands[1], [](double a, double b) { return formula; });            \
  }                                                                                                \
  REFERENCE_INSTANTIATE(name)

#include "compiler/reference/Elementwise.def"

} // namespace cnnc::reference::ops
