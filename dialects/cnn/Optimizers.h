// The optimizers that a network can be trained with: a table of rows. Each builds the update of one
// parameter from `cnn` ops, so what trains shares passes and kernels with what runs.
#pragma once

#include "dialects/cnn/ops/Gradients.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cnnc::cnn {

/// A number that the user may give to an optimizer.
struct OptimizerArgument {
  llvm::StringRef name;
  double fallback;     ///< Its value where it is left out.
  double least, most;  ///< Both are allowed.
  bool isFlag = false; ///< 0 or 1 alone: no or yes.
};

/// A tensor that an optimizer keeps for each parameter, of the parameter's shape. It begins as
/// zeros.
struct OptimizerState {
  llvm::StringRef name;
  llvm::StringRef argument = {}; ///< Kept only where this argument is not 0; "": always.
};

class OptimizerSettings;

/// What the update of one parameter is made of: its gradient and states have its shape, learning
/// rate and corrections have no dims.
struct UpdateInputs {
  Term parameter, gradient;
  llvm::SmallVector<Term> states; ///< In the order of stateNames.
  Term learningRate;
  /// 1 - beta^t for each of the row's betas: what is missing from the sum of the weights of a
  /// moving average that began at zero, t steps ago, this one included.
  llvm::SmallVector<Term> corrections;
};

/// What one step leaves.
struct UpdateResults {
  Term parameter;
  llvm::SmallVector<Term> states; ///< In the order of the inputs.
};

/// One row of the table.
struct Optimizer {
  llvm::StringRef name;
  std::vector<OptimizerArgument> arguments; ///< Its own; commonArguments come behind them.
  std::vector<OptimizerState> states;
  std::vector<llvm::StringRef> betas; ///< The arguments that `corrections` are made of.
  UpdateResults (*build)(const UpdateInputs &, const OptimizerSettings &);

  /// The argument called `argument`, its own or a common one, or null.
  const OptimizerArgument *findArgument(llvm::StringRef argument) const;
  /// All arguments, in the order in which they are given by position.
  std::vector<OptimizerArgument> allArguments() const;
};

/// Arguments that every optimizer takes, and whoever calls its row acts on:
///
///   clip_norm    above 0, gradients are scaled so that their L2 norm over all parameters is at
///                most this
///   clip_value   above 0, each number of a gradient is clamped to [-clip_value, clip_value]
///   decay_all    whether weight_decay is for all parameters; else for those of two dims and more,
///                so neither for biases nor for what a normalisation scales by
llvm::ArrayRef<OptimizerArgument> commonArguments();

/// All rows.
llvm::ArrayRef<Optimizer> optimizers();
/// The row called `name`, or null.
const Optimizer *findOptimizer(llvm::StringRef name);
std::vector<std::string> optimizerNames();

/// An optimizer with a value for each of its arguments, the common ones included.
class OptimizerSettings {
public:
  /// With all values as they are where the user gives none.
  explicit OptimizerSettings(const Optimizer &optimizer);
  /// What toAttribute made; none where the attribute is no such thing.
  static std::optional<OptimizerSettings> fromAttribute(mlir::DictionaryAttr attribute);

  const Optimizer &optimizer() const { return *row; }
  /// The value of an argument, which there must be.
  double operator[](llvm::StringRef argument) const;
  void set(llvm::StringRef argument, double value);

  /// The names of the states that are kept with these values.
  std::vector<std::string> stateNames() const;
  /// One step of the optimizer for one parameter.
  UpdateResults build(const UpdateInputs &inputs) const;

  /// {optimizer = "sgd", momentum = 0.9, ...}, every argument under its name.
  mlir::DictionaryAttr toAttribute(mlir::MLIRContext *context) const;

private:
  const Optimizer *row;
  std::map<std::string, double> values;
};

} // namespace cnnc::cnn
