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

/// A tensor that lies in `place`, nobody having read it yet.
static FlowingTensor tensorIn(const BufferPlace &place, int writer, int64_t bytes,
                              const std::vector<int64_t> &sizes) {
  bool inArena = place.kind == BufferPlace::Arena;
  return {place.kind, place.index, inArena ? place.offset.evaluate(sizes) : 0, writer, {}, bytes};
}

static int64_t bytesOf(const BorderTensor &tensor, const std::vector<int64_t> &sizes) {
  int64_t bytes = sizeInBytes(tensor.elementType);
  for (const SizeExpr &size : tensor.shape)
    bytes *= size.evaluate(sizes);
  return bytes;
}

std::vector<FlowingTensor> findTensors(const NetworkPlan &plan, const std::vector<int64_t> &sizes) {
  std::vector<FlowingTensor> tensors;
  for (size_t i = 0; i < plan.inputs.size(); ++i)
    tensors.push_back(tensorIn({BufferPlace::Input, static_cast<int>(i), 0}, -1,
                               bytesOf(plan.inputs[i], sizes), sizes));
  for (size_t i = 0; i < plan.calls.size(); ++i) {
    const std::vector<BufferArgument> &arguments = plan.calls[i].arguments;
    int call = static_cast<int>(i);
    for (auto argument = arguments.begin(); argument != arguments.end() - 1; ++argument) {
      if (argument->place.kind == BufferPlace::Weights)
        continue;
      // A place may have been used before: what is read there is what was written last.
      FlowingTensor wanted = tensorIn(argument->place, call, 0, sizes);
      auto tensor = std::find_if(tensors.rbegin(), tensors.rend(), [&](const FlowingTensor &t) {
        return t.kind == wanted.kind && t.index == wanted.index && t.offset == wanted.offset;
      });
      assert(tensor != tensors.rend() && "a kernel reads what nobody wrote");
      if (tensor->readers.empty() || tensor->readers.back() != call)
        tensor->readers.push_back(call);
    }
    const BufferArgument &result = arguments.back();
    tensors.push_back(tensorIn(result.place, call, bytesOf(result, sizes), sizes));
  }
  return tensors;
}

int64_t arenaLowerBound(const std::vector<FlowingTensor> &tensors) {
  int64_t bound = 0;
  for (const FlowingTensor &moment : tensors) { // Something new is alive only where it is written.
    int64_t alive = 0;
    for (const FlowingTensor &tensor : tensors)
      if (tensor.kind == BufferPlace::Arena && tensor.writer <= moment.writer &&
          moment.writer <= tensor.lastUse())
        alive += (tensor.bytes + 63) / 64 * 64;
    bound = std::max(bound, alive);
  }
  return bound;
}

} // namespace cnnc
