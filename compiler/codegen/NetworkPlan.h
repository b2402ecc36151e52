// A network ready for code: which kernels run in which order on which memory. Plain data.
//
// Built from the module by readPlan after plan-memory, when nothing is left to decide. lower turns
// it into the network function, pack into a library, and run, verify and profile walk it to call
// the very kernels that are packed.
#pragma once

#include "compiler/kernels/Kernel.h"

#include "cnnrt.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cnnc {

/// A tensor at the network's border, dims in the order of the model file.
struct BorderTensor {
  std::string name; ///< A valid C identifier, unique in the network.
  ElementType elementType = ElementType::F32;
  std::vector<SizeExpr> shape; ///< In memory order, slowest first: what the caller sees.
  bool channelsLast = false;   ///< Where the channels are: the last dim, or the second.
};

/// Where the bytes of a kernel's buffer are.
struct BufferPlace {
  enum Kind {
    Input,         ///< Number `index` of the network.
    Output,        ///< The same.
    Arena,         ///< At `offset`.
    Weights,       ///< At `offset`.
    Target,        ///< Number `index`. This and all below is of training alone: TrainingPlan.
    Loss,          ///< A float.
    InputGradient, ///< Number `index` of those of inputs that have one: of floats.
    Parameters,    ///< At `offset` of the block.
    Gradients,     ///< The same, of the block that lies like the parameters.
    State,         ///< At `offset` of the block.
    Step,          ///< The number of the step, 64 bits.
    Scalar,        ///< Number `index` of what the update depends on: TrainingPlan::corrections.
  };
  Kind kind = Arena;
  int index = 0;
  SizeExpr offset; ///< In bytes; of Arena and Weights a multiple of 64.
};

/// One argument of a kernel call. Dims are those of halide_buffer_t: memory order, fastest first,
/// min 0. A tensor may be a part of the channels of a larger one, which lies at `place`.
struct BufferArgument {
  BufferPlace place;
  ElementType elementType = ElementType::F32;
  std::vector<SizeExpr> extents;
  int64_t pitch = 0;   ///< Channels of the larger tensor: as in KernelSpec; 0: dense.
  int64_t channel = 0; ///< The first of its own channels there.

  /// Bytes from the place to the first element.
  int64_t firstByte() const { return channel * sizeInBytes(elementType); }
};

/// The strides of the dims, in elements.
std::vector<SizeExpr> stridesOf(const BufferArgument &argument);

/// A distinct kernel of the network.
struct PlannedKernel {
  std::string name; ///< Unique in the network, a C identifier: "conv_3".
  KernelSpec spec;
  CompiledKernel compiled;
};

/// One call of a kernel, in order of execution.
struct KernelCall {
  std::string name; ///< For people: the fused ops, "conv+relu"; with the layer's path where known.
  int kernel = 0;   ///< Index in NetworkPlan::kernels.
  std::vector<BufferArgument> arguments; ///< The kernel's inputs, then its output.
  std::vector<SizeExpr> sizes; ///< The value of the kernel's symbol k (dim -1 - k of its spec).
};

/// A piece of the weights: `values` are floats as the kernel reads them.
struct WeightBlock {
  int64_t offset = 0; ///< In bytes; a multiple of 64.
  std::shared_ptr<const std::vector<float>> values;
};

/// A size that the network can not take is refused by name before the first kernel.
struct SizeCheck {
  SizeExpr value; ///< Must be >= `least` ...
  int64_t least = 1;
  SizeExpr multipleOf = 1; ///< ... and a multiple of this.
};

/// What one call of the library computes: kernels in order, on a workspace of the caller.
struct FunctionPlan {
  std::vector<KernelCall> calls;
  SizeExpr arenaBytes;    ///< Of intermediate tensors.
  SizeExpr sharedScratch; ///< Largest of all calls: taken behind the arena.
  SizeExpr workerScratch; ///< Largest of all calls: once per thread, behind the shared scratch.
};

/// A tensor of floats in a block that belongs to the caller: the parameters, the optimizer's state.
struct BlockTensor {
  std::string name; ///< As in weight files: "conv.filter".
  std::vector<int64_t> shape;
  int64_t offset = 0; ///< In floats.
};

/// What a parameter is before training.
struct ParameterStart {
  int kind = 0;     ///< A cnnrt_initializer_kind.
  double scale = 0; ///< What the kind needs: see there.
  int64_t weightOffset =
      0; ///< Of CNNRT_INIT_VALUES: where the numbers lie in the weights, in bytes.
};

/// Labels that must name a class.
struct LabelCheck {
  int target = 0; ///< Whose elements they are.
  int64_t classes = 0;
  int64_t ignored = 0; ///< A label that is none, and allowed.
};

/// What a library computes beside the outputs if it is for training.
struct TrainingPlan {
  std::vector<BlockTensor> parameters, states;
  std::vector<ParameterStart> starts; ///< Of each parameter.
  int64_t parameterFloats = 0, stateFloats = 0;
  std::vector<BorderTensor> targets;
  std::vector<LabelCheck> labels;
  /// Scalar 0 is the learning rate, scalar 1 + k is 1 - corrections[k]^t in step t = 1, 2, ...
  std::vector<double> corrections;
  FunctionPlan gradients;          ///< Loss, gradients of parameters and of inputs.
  FunctionPlan parameterGradients; ///< The same without those of inputs.
  FunctionPlan update;             ///< From gradients to new parameters and state.
};

/// The network. All SizeExpr are over its symbolic sizes: symbol k is sizes[k].
struct NetworkPlan {
  std::string name; ///< A C identifier: the prefix of every symbol.
  Target target;
  std::vector<std::string> sizes;    ///< Names of the symbolic sizes: "N", "H", "W".
  std::vector<int64_t> typicalSizes; ///< What the compiler planned for.
  std::vector<BorderTensor> inputs, outputs;
  std::vector<PlannedKernel> kernels;
  FunctionPlan run; ///< From the inputs to the outputs.
  std::optional<TrainingPlan> training;
  std::vector<WeightBlock> weights;
  int64_t weightBytes = 0;
  /// What NAME.weights begins with, where the weights are in this file and come with each call;
  /// none where they are in the library.
  std::optional<cnnrt_weights_header> weightsHeader;
  std::vector<SizeCheck> checks;
};

/// All functions of the plan: run, then those of training.
std::vector<const FunctionPlan *> functionsOf(const NetworkPlan &plan);

} // namespace cnnc
