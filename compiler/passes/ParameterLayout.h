// Which constants of a network are trained, and where each lies in the blocks of the caller.
//
// The block of parameters has three ranges: the parameters that the optimizer lets decay, the other
// ones that it trains, and the running statistics, which are moved towards those of the batch. So a
// step of the optimizer is a kernel for each of the first two ranges. Nothing lies between the
// parameters: sums over a range are sums over them.
#pragma once

#include "compiler/codegen/NetworkPlan.h"
#include "dialects/cnn/CNNDialect.h"
#include "dialects/cnn/Optimizers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace cnnc {

/// A parameter with its place.
struct PlacedParameter {
  std::string name;
  mlir::RankedTensorType type;
  bool isStatistic = false;
  int64_t offset = 0;     ///< In floats.
  cnn::Constant constant; ///< In the loss: its value before training.
};

/// A range of the block, in floats.
struct BlockRange {
  int64_t offset = 0, size = 0;
};

struct ParameterLayout {
  std::vector<PlacedParameter> parameters; ///< In the network's order.
  BlockRange decayed, plain, statistics;   ///< Side by side.

  /// Of all parameters.
  int64_t floats() const { return statistics.offset + statistics.size; }
  /// Of those that the optimizer trains: what one of its states takes.
  int64_t trainedFloats() const { return decayed.size + plain.size; }
  /// The parameter called `name`, or null: a constant that is not trained.
  const PlacedParameter *find(llvm::StringRef name) const;
};

/// Lays out the constants of `loss` that have a name and are floats in at least one dim and not
/// frozen. The values for which `isStatistic` is true become running statistics.
ParameterLayout layOutParameters(mlir::func::FuncOp loss, const cnn::OptimizerSettings &optimizer,
                                 llvm::function_ref<bool(mlir::Value)> isStatistic);

/// The optimizer's states of the parameters: state number k of all parameters lies behind that of
/// number k - 1, each like the first two ranges of the parameters.
std::vector<BlockTensor> layOutStates(const ParameterLayout &layout,
                                      const cnn::OptimizerSettings &optimizer);

} // namespace cnnc
