// The elementwise ops of Elementwise.def.
#pragma once

#include "compiler/kernels/KernelBuild.h"

namespace cnnc {

/// True for the rows of Elementwise.def.
bool isElementwise(const std::string &name);

/// How many operations the op takes for an element; 0 for what is none of these ops.
int elementwiseOperations(const OpDescription &op);

/// An elementwise op; operands broadcast as in numpy.
Value buildElementwise(KernelBuild &build, const OpDescription &op,
                       const std::vector<Value> &operands);

/// The element of `operand` that meets `coordinates` of the result: dims are aligned at the end,
/// and an operand's dim of extent 1 repeats.
Halide::Expr broadcastAt(const Value &operand, const Indices &coordinates);

} // namespace cnnc
