// Runs a network that a frontend left, op by op, with the reference.
#pragma once

#include "compiler/reference/Tensor.h"

#include "mlir/IR/BuiltinOps.h"

#include <map>
#include <string>

namespace cnnc {

using NamedTensors = std::map<std::string, reference::Tensor<double>>;

/// The network's outputs for these inputs, by name. The symbolic sizes follow from the inputs.
/// Asserts that there is an input of each name.
NamedTensors evaluateNetwork(mlir::ModuleOp module, const NamedTensors &inputs);

/// The tensors of an .npz whose names begin with `prefix`, without it. Throws std::runtime_error.
NamedTensors readTensors(const std::string &path, const std::string &prefix);

/// The largest difference of two tensors, relative to the largest element of `expected`; infinity
/// where the shapes differ or there is a NaN.
double relativeError(const reference::Tensor<double> &actual,
                     const reference::Tensor<double> &expected);

} // namespace cnnc
