// The form in which every frontend leaves a network: a function in a module.
//
//     func.func @lines(%x: tensor<...> {cnn.name = "x", cnn.channels_last})
//         -> (tensor<...> {cnn.name = "y"})
//         attributes {cnn.sizes = ["N", "H", "W"], cnn.typical = array<i64: 1, 224, 224>}
//
// Types are in logical order (batch, channels, space); `cnn.channels_last` says that the caller's
// memory has the channels innermost. `cnn.sizes` names the symbols s0, s1, ... of the types.
//
// One that says how it is trained leaves a second function, its loss:
//
//     func.func @lines_loss(%x: tensor<...> {cnn.name = "x", cnn.channels_last},
//                           %label: tensor<...> {cnn.name = "label", cnn.target})
//         -> (tensor<f32> {cnn.name = "loss"})
//         attributes {cnn.sizes = ..., cnn.typical = ..., cnn.train = {optimizer = "sgd", ...}}
//
// The network once more, its parameters included, and behind it the ops of the loss. `cnn.train` is
// what OptimizerSettings makes. Parameters that are not trained are `frozen` in both functions.
#pragma once

#include "dialects/cnn/Optimizers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"

#include <string>
#include <vector>

namespace cnnc {

/// A tensor at the network's border.
struct BorderValue {
  std::string name; ///< As the model calls it.
  mlir::RankedTensorType type;
  bool channelsLast = false;
  mlir::Value value;     ///< Of an output: what is returned.
  bool isTarget = false; ///< Of a loss: an input that says what the outputs should be.
};

/// Appends the function of a network to `module`, its entry block open at the end for ops.
/// `typicalSizes` has one entry per name of `sizes`: what schedules are chosen for.
mlir::func::FuncOp createNetwork(mlir::ModuleOp module, mlir::Location location,
                                 llvm::StringRef name, llvm::ArrayRef<std::string> sizes,
                                 llvm::ArrayRef<int64_t> typicalSizes,
                                 llvm::ArrayRef<BorderValue> inputs);

/// Ends the function: returns `outputs`, whose names and layouts it keeps.
void finishNetwork(mlir::func::FuncOp network, mlir::Location location,
                   llvm::ArrayRef<BorderValue> outputs);

/// Appends the loss of a finished network to its module: a copy of its ops, open at the end for
/// those of the loss. `copies` then tells what each value of the network is in it.
mlir::func::FuncOp createLoss(mlir::func::FuncOp network, llvm::ArrayRef<BorderValue> targets,
                              mlir::IRMapping &copies);

/// Ends it: `loss`, a tensor of one f32, is what the optimizer is to make small.
void finishLoss(mlir::func::FuncOp function, mlir::Location location, mlir::Value loss,
                const cnn::OptimizerSettings &optimizer);

/// The name that a frontend gave to an op (a layer's path, an ONNX node), or "".
llvm::StringRef getName(mlir::Operation &op);
/// Makes the result of the op called `name` one more output of the network. False where no op is
/// called so.
bool addOutput(mlir::func::FuncOp network, llvm::StringRef name);
/// The names that addOutput knows, in order.
std::vector<std::string> getValueNames(mlir::func::FuncOp network);

/// The network of a module that a frontend left.
mlir::func::FuncOp getNetwork(mlir::ModuleOp module);
/// Its loss, or null.
mlir::func::FuncOp getLoss(mlir::ModuleOp module);
/// What minimises a loss.
cnn::OptimizerSettings getOptimizer(mlir::func::FuncOp loss);
std::vector<std::string> getSizeNames(mlir::func::FuncOp network);
std::vector<int64_t> getTypicalSizes(mlir::func::FuncOp network);
/// `value`: the argument. Those of a loss end with its targets.
std::vector<BorderValue> getInputs(mlir::func::FuncOp network);
std::vector<BorderValue> getOutputs(mlir::func::FuncOp network); ///< `value`: the operand returned.

} // namespace cnnc
