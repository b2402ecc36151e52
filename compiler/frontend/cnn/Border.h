// The tensors at a network's border: their types as the file declares them, and the sizes that
// these name.
#pragma once

#include "compiler/frontend/Frontend.h"
#include "compiler/frontend/NetworkFunction.h"
#include "compiler/frontend/cnn/Evaluator.h"

namespace cnnc {

/// The sizes that the inputs of a network name.
struct NamedSizes {
  std::vector<std::string> symbolic;    ///< In order of appearance; the names of s0, s1, ...
  std::vector<int64_t> typical;         ///< One for each: what to plan for.
  std::map<std::string, cnn::Size> all; ///< By the name in the file: symbols and numbers.
};

/// Finds the named sizes of the inputs. A size that `options` or the file fixes is a number. Fails
/// where an option names a size that there is not.
mlir::FailureOr<NamedSizes> collectSizes(mlir::MLIRContext *context, const syntax::Network &network,
                                         const ReadOptions &options);

/// The type of an input in logical order (batch, channels, space), and how its memory lies. Dims
/// are evaluated in `scope`, where the named sizes are.
///
/// The channels are the dim called C; else, when the second dim is one of space (it is called D, H,
/// W, L or T, or calculated from such sizes), the last dim; else the second.
mlir::FailureOr<BorderValue> readInput(const syntax::Border &input, Evaluator &evaluator,
                                       Scope &scope);

/// `value` as an output called `name`, checked against the type that is declared, if one is.
mlir::FailureOr<BorderValue> checkOutput(const syntax::Border &output, const std::string &name,
                                         mlir::Value value, Evaluator &evaluator, Scope &scope);

} // namespace cnnc
