// A compiled network in this process: the very objects that pack writes, linked by LLVM's JITLink.
//
// run, verify and profile go through here, so what they execute is what ships. The runtime is the
// one linked into this program.
#pragma once

#include "compiler/codegen/NetworkPlan.h"
#include "compiler/support/Result.h"

#include "cnnrt.h"

#include <memory>
#include <string>
#include <vector>

namespace cnnc {

/// One kernel's call made ready, to run again and again: its buffers are described, and its scratch
/// is in a workspace of the caller. Refers to the network that made it.
class PreparedCall {
public:
  PreparedCall(PreparedCall &&) noexcept;
  ~PreparedCall();

  /// Has the kernel find argument `index` elsewhere from now on.
  void setBuffer(size_t index, void *data);
  /// Runs the kernel.
  Status run() const;

private:
  friend class LoadedNetwork;
  struct Implementation;
  explicit PreparedCall(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation;
};

/// A network that can be called. Any number of calls may run at once.
class LoadedNetwork {
public:
  /// Links the objects of `plan`, which must be for this machine, have its weights in the library,
  /// and outlive the network.
  static Result<LoadedNetwork> load(const NetworkPlan &plan);

  LoadedNetwork(LoadedNetwork &&) noexcept;
  LoadedNetwork &operator=(LoadedNetwork &&) noexcept;
  ~LoadedNetwork();

  /// What NAME_network() returns; its run and workspace_bytes work on the caller's memory.
  const cnnrt_network &network() const;

  /// The workspace of a call; 0 where the network can not take the sizes.
  size_t workspaceBytes(const std::vector<int64_t> &sizes, int threads = 1) const;

  /// Runs the network on memory of its own. Pointers in the order of the plan; a null `exec` is one
  /// thread. The error says why the network can not take the sizes, or names the status.
  Status run(const std::vector<const void *> &inputs, const std::vector<void *> &outputs,
             const std::vector<int64_t> &sizes, const cnnrt_exec *exec = nullptr) const;

  /// Runs one kernel by itself, on buffers of the caller: one for each argument of `call`, which is
  /// one of the plan's. Each points at the argument's first element and has the argument's strides
  /// at these sizes of the network.
  Status callKernel(const KernelCall &call, const std::vector<void *> &buffers,
                    const std::vector<int64_t> &sizes, const cnnrt_exec *exec = nullptr) const;

  /// The same made ready: `sizes` must be ones that the network takes, `workspace` have the bytes
  /// that workspaceBytes says for them and the threads of `exec`, and both outlive the result.
  PreparedCall prepareKernel(const KernelCall &call, const std::vector<void *> &buffers,
                             const std::vector<int64_t> &sizes, void *workspace,
                             size_t workspaceBytes, const cnnrt_exec *exec = nullptr) const;

  /// The weights in memory: where BufferPlace::Weights offsets count from.
  const void *weights() const;

private:
  struct Implementation;
  explicit LoadedNetwork(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation;
};

} // namespace cnnc
