// What a training library tells of its blocks, as attributes of `@NAME_update`: from add-training
// to readPlan.
#pragma once

#include "compiler/passes/ParameterLayout.h"

namespace cnnc {

struct TrainingTables {
  /// The parameters in the order of the network, and what they are before training.
  struct Parameter {
    BlockTensor place;
    mlir::DictionaryAttr initializer; ///< As of cnn.constant; null: `values`.
    mlir::ElementsAttr values;
  };
  std::vector<Parameter> parameters;
  std::vector<BlockTensor> states;
  int64_t parameterFloats = 0, stateFloats = 0;
  std::vector<double> corrections; ///< As in TrainingPlan.
  std::vector<LabelCheck> labels;

  void addParameters(const ParameterLayout &layout, const cnn::OptimizerSettings &optimizer);

  /// The attribute `kernel.training` of a function.
  void attachTo(mlir::func::FuncOp update) const;
  static TrainingTables readFrom(mlir::func::FuncOp update);
};

/// The targets of `loss` that are labels.
std::vector<LabelCheck> findLabels(mlir::func::FuncOp loss);

} // namespace cnnc
