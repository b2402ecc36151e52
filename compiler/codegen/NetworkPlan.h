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
  enum Kind { Input, Output, Arena, Weights };
  Kind kind = Arena;
  int index = 0;   ///< Of the network's input or output.
  SizeExpr offset; ///< In bytes, of Arena and Weights; a multiple of 64.
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

/// The network. All SizeExpr are over its symbolic sizes: symbol k is sizes[k].
struct NetworkPlan {
  std::string name; ///< A C identifier: the prefix of every symbol.
  Target target;
  std::vector<std::string> sizes;    ///< Names of the symbolic sizes: "N", "H", "W".
  std::vector<int64_t> typicalSizes; ///< What the compiler planned for.
  std::vector<BorderTensor> inputs, outputs;
  std::vector<PlannedKernel> kernels;
  std::vector<KernelCall> calls;
  std::vector<WeightBlock> weights;
  int64_t weightBytes = 0;
  /// What NAME.weights begins with, where the weights are in this file and come with each call;
  /// none where they are in the library.
  std::optional<cnnrt_weights_header> weightsHeader;
  SizeExpr arenaBytes;    ///< Of intermediate tensors.
  SizeExpr sharedScratch; ///< Largest of all calls: taken behind the arena.
  SizeExpr workerScratch; ///< Largest of all calls: once per thread, behind the shared scratch.
  std::vector<SizeCheck> checks;
};

} // namespace cnnc
