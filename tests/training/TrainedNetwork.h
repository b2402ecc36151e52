// A network of `.cnn` text compiled for training in this process, and the same by the reference.
#pragma once

#include "compiler/Pipeline.h"
#include "compiler/check/HostTensor.h"
#include "compiler/codegen/Load.h"

#include <memory>
#include <string>
#include <vector>

namespace cnnc {

/// What belongs to the caller of a training library.
struct Blocks {
  std::vector<float> parameters, state;
};

struct NamedTensor {
  std::string name;
  std::vector<double> values;
};

double largestDifference(const std::vector<double> &a, const std::vector<double> &b);
double largestMagnitude(const std::vector<double> &values);

class TrainedNetwork {
public:
  /// Null after a message. Random inputs and targets, parameters as NAME_init leaves them.
  static std::unique_ptr<TrainedNetwork> compile(const std::string &text,
                                                 const std::vector<int64_t> &sizes);

  /// The loss, the gradient of each parameter, and of each float input.
  std::vector<NamedTensor> gradients(bool ofInputs, int threads = 1);
  std::vector<NamedTensor> referenceGradients();

  /// Takes a step; the parameters and the state after it.
  std::vector<NamedTensor> step();
  /// What the next step should make of them, given the compiled gradients.
  std::vector<NamedTensor> referenceStep();

  std::vector<NamedTensor> parameterTensors() const;
  double loss();
  /// Copies of the blocks, moved by some steps.
  Blocks blocksAfter(int steps, int threads);

  NetworkPlan plan;
  std::unique_ptr<LoadedNetwork> loaded;
  std::vector<int64_t> sizes;
  std::vector<HostTensor> inputs, targets;
  Blocks blocks;
  uint64_t nextStep = 0;
  float learningRate = 0.01f;

private:
  int callStep(Blocks &moved, uint64_t step, float &loss, int threads);
  /// Runs a function of the differentiated module; what it returns, by place.
  std::vector<NamedTensor> evaluate(const std::string &suffix,
                                    const std::vector<float> &gradientBlock);

  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> reference; ///< Past `differentiate`.
};

} // namespace cnnc
