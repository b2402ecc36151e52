// Small cases computed by hand: an op, its operands, and the result it must have.
#pragma once

#include "compiler/reference/Reference.h"

#include <string>
#include <vector>

namespace cnnc::reference {

using Ints = std::vector<int64_t>;
using Attributes = std::map<std::string, Attribute>;

struct Case {
  std::string name; ///< What it shows; a C++ identifier.
  OpDescription op;
  std::vector<Tensor<double>> operands;
  Tensor<double> expected;
  std::vector<int64_t> sizes = {}; ///< Run-time sizes, for a reshape to symbolic dims.
};

inline OpDescription makeOp(const std::string &name, Attributes attributes = {},
                            TensorDescription result = {}) {
  OpDescription op;
  op.name = name;
  op.attributes = std::move(attributes);
  op.result = std::move(result);
  return op;
}

/// A tensor of the values 1, 2, 3, ...
inline Tensor<double> ramp(Shape shape) {
  Tensor<double> result(std::move(shape));
  for (size_t i = 0; i < result.values.size(); ++i)
    result.values[i] = static_cast<double>(i + 1);
  return result;
}

/// A row of values as N = 1, C = 1, and one spatial dim.
inline Tensor<double> signal(std::vector<double> values) {
  return {{1, 1, static_cast<int64_t>(values.size())}, std::move(values)};
}

inline Tensor<double> vector(std::vector<double> values) {
  return {{static_cast<int64_t>(values.size())}, std::move(values)};
}

/// The attributes of a window op with `spatial` dims: stride and dilation 1, no padding; `changes`
/// replaces some and adds others.
inline Attributes window(size_t spatial, Attributes changes = {}) {
  changes.insert({{"strides", Ints(spatial, 1)},
                  {"dilations", Ints(spatial, 1)},
                  {"pads", Ints(2 * spatial, 0)},
                  {"auto_pad", std::string("explicit")}});
  return changes;
}

inline OpDescription convOp(size_t spatial, Attributes changes = {},
                            const std::string &name = "conv") {
  changes.insert({"groups", int64_t(1)});
  return makeOp(name, window(spatial, std::move(changes)));
}

std::vector<Case> convCases();
std::vector<Case> poolCases();
std::vector<Case> linearCases();    ///< linear, matmul, batch_norm, softmax.
std::vector<Case> lossCases();      ///< Losses, log_softmax, one_hot.
std::vector<Case> normalizeCases(); ///< normalize, other norms but batch_norm, random.
std::vector<Case> reductionCases(); ///< reduce_*, global pools.
std::vector<Case> movementCases();  ///< Ops that only move or convert values.
std::vector<Case> elementwiseCases();

} // namespace cnnc::reference
