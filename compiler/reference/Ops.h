// The functions that compute the ops, one per row of Ops.def, and how a file instantiates its own.
#pragma once

#include "compiler/reference/Reference.h"

namespace cnnc::reference::ops {

// Each function gives the result of the op of its name; `op` carries the attributes.
#define REFERENCE_OP(name)                                                                         \
  template <typename T> Tensor<T> name(const OpDescription &op, const Operands<T> &operands);
#include "compiler/reference/Ops.def"

// Instantiates the function of one op for the element types there are; goes to the end of the file
// that defines it, inside this namespace.
#define REFERENCE_INSTANTIATE(name)                                                                \
  template Tensor<float> name(const OpDescription &, const Operands<float> &);                     \
  template Tensor<double> name(const OpDescription &, const Operands<double> &);

} // namespace cnnc::reference::ops
