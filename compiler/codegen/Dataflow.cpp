#include "compiler/codegen/Dataflow.h"

#include <algorithm>
#include <cassert>

namespace cnnc {

int64_t bytesOf(const BufferArgument &argument, const std::vector<int64_t> &sizes) {
  int64_t bytes = sizeInBytes(argument.elementType);
  for (const SizeExpr &extent : argument.extents)
    bytes *= extent.evaluate(sizes);
  return bytes;
}

/// The tensor that is a call's argument, nobody having read it yet.
static FlowingTensor tensorOf(const BufferArgument &argument, int writer,
                              const std::vector<int64_t> &sizes) {
  FlowingTensor tensor;
  tensor.kind = argument.place.kind;
  tensor.index = argument.place.index;
  if (tensor.kind == BufferPlace::Arena)
    tensor.offset = argument.place.offset.evaluate(sizes);
  tensor.channel = argument.channel;
  if (!argument.extents.empty())
    tensor.channels = argument.extents.front().evaluate(sizes);
  tensor.isPart = argument.pitch > 0;
  tensor.writer = writer;
  tensor.bytes = bytesOf(argument, sizes);
  return tensor;
}

static bool sharesPlace(const FlowingTensor &a, const FlowingTensor &b) {
  return a.kind == b.kind && a.index == b.index && a.offset == b.offset;
}

/// A network's input as if a call had written it.
static BufferArgument argumentOf(const BorderTensor &input, int index) {
  BufferArgument argument = {{BufferPlace::Input, index, 0}, input.elementType, input.shape};
  std::reverse(argument.extents.begin(), argument.extents.end());
  return argument;
}

/// Adds `call` to the readers of what `wanted` consists of. A place may have been used before: what
/// is read there is what was written last, channel by channel.
static void addReader(const FlowingTensor &wanted, int call, std::vector<FlowingTensor> &tensors) {
  std::vector<bool> found(static_cast<size_t>(wanted.channels));
  size_t missing = found.size();
  for (auto tensor = tensors.rbegin(); tensor != tensors.rend() && missing > 0; ++tensor) {
    if (!sharesPlace(*tensor, wanted))
      continue;
    int64_t begin = std::max(tensor->channel, wanted.channel);
    int64_t end = std::min(tensor->channel + tensor->channels, wanted.channel + wanted.channels);
    bool isSource = false;
    for (int64_t channel = begin; channel < end; ++channel)
      if (size_t i = static_cast<size_t>(channel - wanted.channel); !found[i]) {
        found[i] = isSource = true;
        --missing;
      }
    if (isSource && (tensor->readers.empty() || tensor->readers.back() != call))
      tensor->readers.push_back(call);
  }
  assert(missing == 0 && "a kernel reads what nobody wrote");
}

std::vector<FlowingTensor> findTensors(const NetworkPlan &plan, const std::vector<int64_t> &sizes) {
  std::vector<FlowingTensor> tensors;
  for (size_t i = 0; i < plan.inputs.size(); ++i)
    tensors.push_back(tensorOf(argumentOf(plan.inputs[i], static_cast<int>(i)), -1, sizes));
  for (size_t i = 0; i < plan.run.calls.size(); ++i) {
    const std::vector<BufferArgument> &arguments = plan.run.calls[i].arguments;
    int call = static_cast<int>(i);
    FlowingTensor result = tensorOf(arguments.back(), call, sizes);
    for (auto argument = arguments.begin(); argument != arguments.end() - 1; ++argument) {
      if (argument->place.kind == BufferPlace::Weights)
        continue;
      FlowingTensor input = tensorOf(*argument, call, sizes);
      addReader(input, call, tensors);
      result.overwrites |= sharesPlace(input, result) && input.channel == result.channel;
    }
    tensors.push_back(result);
  }
  return tensors;
}

/// What the tensor adds to the memory in use at `call`.
static int64_t bytesAlive(const FlowingTensor &tensor, int call) {
  bool alive = tensor.writer <= call && call <= tensor.lastUse();
  if (tensor.kind != BufferPlace::Arena || !alive || (tensor.overwrites && tensor.writer == call))
    return 0;
  return tensor.isPart ? tensor.bytes : (tensor.bytes + 63) / 64 * 64;
}

int64_t arenaLowerBound(const std::vector<FlowingTensor> &tensors) {
  int64_t bound = 0;
  for (const FlowingTensor &moment : tensors) { // Something new is alive only where it is written.
    int64_t alive = 0;
    for (const FlowingTensor &tensor : tensors)
      alive += bytesAlive(tensor, moment.writer);
    bound = std::max(bound, alive);
  }
  return bound;
}

} // namespace cnnc
