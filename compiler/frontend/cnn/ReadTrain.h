// The block that says how a network is trained.
#pragma once

#include "compiler/frontend/cnn/Evaluator.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace cnnc {

/// Appends the loss of `network` to its module (NetworkFunction.h) and freezes what the block says.
/// `names` is what the block sees: values of the network and its sizes, which are also in `sizes`,
/// for the types of targets. `builder` is the evaluator's. Fails with a diagnostic.
mlir::LogicalResult readTrain(const syntax::Train &train, mlir::func::FuncOp network,
                              mlir::OpBuilder &builder, Evaluator &evaluator, const Scope &names,
                              Scope &sizes);

} // namespace cnnc
