// The oracle: every op of the `cnn` dialect as naive loops, independent of MLIR and of Halide.
//
// Tests and `cnnc verify` compare kernels with evaluate<double>; evaluate<float> folds constants.
// All arithmetic is done in double whatever T is: T only says how values are stored between ops, so
// a folded constant carries one rounding per op. Results follow from the operands alone, and so do
// shapes; only `reshape`, whose target is an attribute, reads the shape in its description.
//
// The ops must have been verified (by the dialect): a malformed one is an assert, not an error.
#pragma once

#include "compiler/reference/Tensor.h"
#include "compiler/support/OpDescription.h"

#include <string>
#include <vector>

namespace cnnc::reference {

/// The operands of one op, in the order of its record; a missing optional one is not there.
template <typename T> using Operands = std::vector<const Tensor<T> *>;

/// The result of one op. `sizes[k]` is the run-time size that a dim -1 - k of the op's result shape
/// stands for (see TensorDescription); needed by a `reshape` to such a shape only.
///
/// A result of an integer type is an integer: fractions are dropped (toward zero), and arithmetic
/// wraps around as machine integers do, while `cast` saturates. Float types do not round: f32 and
/// f64 are both held as T.
template <typename T>
Tensor<T> evaluate(const OpDescription &op, const Operands<T> &operands,
                   const std::vector<int64_t> &sizes = {});

/// All values of a graph, in their order: the inputs (moved from `inputs`), then the result of each
/// op. Everything stays alive, which is what a layer-by-layer comparison needs. Asserts that each
/// result has the shape that its description promises.
template <typename T>
std::vector<Tensor<T>> evaluate(const OpGraph &graph, std::vector<Tensor<T>> inputs,
                                const std::vector<int64_t> &sizes = {});

/// The names of the ops that evaluate knows, for the completeness test.
std::vector<std::string> opsWithReference();

} // namespace cnnc::reference
