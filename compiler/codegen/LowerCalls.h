// Kernel calls in generated code: their buffers on the stack, filled anew for each call.
#pragma once

#include "compiler/codegen/LowerSizes.h"
#include "compiler/codegen/ModuleBuilder.h"
#include "compiler/codegen/NetworkPlan.h"

#include <map>
#include <string>
#include <utility>

namespace cnnc {

/// The memory of a call of the network.
struct CallMemory {
  /// For each kind of place where offsets count from, or the array of pointers that the index is
  /// of; none where the function has none. Of the arena it is the workspace.
  std::map<BufferPlace::Kind, mlir::Value> places;
  mlir::Value context; ///< The cnnrt_context.
};

/// Writes the calls of a function one after the other. One set of buffers, sized for the largest
/// call, serves all; a field that already holds what the next call needs is not written again.
class CallEmitter {
public:
  /// To be made in the function's entry block: it reserves the stack.
  CallEmitter(ModuleBuilder &module, const NetworkPlan &plan, const FunctionPlan &function,
              const CallMemory &memory);

  /// Fills the buffers, calls the kernel between cnnrt_begin_kernel and cnnrt_end_kernel, and gives
  /// the status of the latter. `sizes` are those of the network.
  mlir::Value emit(const KernelCall &call, SizeEmitter &sizes);

private:
  void reserveBuffers();
  mlir::Value bufferAddress(int slot);
  mlir::Value fieldAddress(int slot, int field);
  mlir::Value dimAddress(int slot, int dim, int field);
  mlir::Value placeAddress(const BufferPlace &place, SizeEmitter &sizes);
  mlir::Value dataAddress(const BufferArgument &argument, SizeEmitter &sizes);
  /// True, and noted, if `key` of `slot` does not hold `content` yet.
  bool changes(int slot, const std::string &key, const std::string &content);
  void fillBuffer(int slot, const BufferArgument &argument, SizeEmitter &sizes);
  void fillDims(int slot, const BufferArgument &argument, SizeEmitter &sizes);
  void beginKernel(const KernelCall &call, SizeEmitter &sizes);

  ModuleBuilder &module;
  const NetworkPlan &plan;
  const FunctionPlan &function;
  CallMemory memory;
  mlir::Type bufferType, dimType;
  int slots = 1, dimsPerSlot = 1;
  mlir::Value buffers, dims;
  std::map<std::pair<int, std::string>, std::string> contents;
};

} // namespace cnnc
