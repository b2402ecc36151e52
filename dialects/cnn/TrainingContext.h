// What an op is told, and what it tells, when its form for training is built.
#pragma once

#include "mlir/IR/Value.h"

#include "llvm/ADT/SmallVector.h"

namespace cnnc::cnn {

/// A statistic that a layer keeps beside its parameters, and what it is in this batch. After each
/// step of training it is to become (1 - momentum) * running + momentum * batch.
struct RunningStatistic {
  mlir::Value running; ///< The op's operand.
  mlir::Value batch;   ///< Of the same type.
  double momentum = 0;
};

/// The surroundings of an op in training: see the interface TrainingForm.
struct TrainingContext {
  mlir::Value step;  ///< tensor<i64>: a number that differs from step to step.
  int64_t layer = 0; ///< A number that no other op of the network has.
  llvm::SmallVector<RunningStatistic> &statistics; ///< The op adds its own.
};

} // namespace cnnc::cnn
