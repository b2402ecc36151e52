#include "compiler/codegen/Load.h"

#include "compiler/codegen/Jit.h"
#include "compiler/codegen/KernelBuffer.h"
#include "compiler/codegen/KernelCallers.h"
#include "compiler/codegen/Objects.h"
#include "compiler/codegen/Symbols.h"

#include "cnnrt_generated.h"

#include <cassert>
#include <cstdlib>

namespace cnnc {

/// Calls a kernel: see KernelCallers.h.
using KernelCaller = int(cnnrt_context *, KernelBuffer **);

struct LoadedNetwork::Implementation {
  Implementation(const NetworkPlan &plan, Jit jit)
      : plan(plan), jit(std::move(jit)), callers(plan.kernels.size()) {}

  const NetworkPlan &plan;
  Jit jit;
  const cnnrt_network *network = nullptr;
  std::vector<KernelCaller *> callers; ///< One for each kernel that is called.
  const void *weights = nullptr;
};

LoadedNetwork::LoadedNetwork(std::unique_ptr<Implementation> implementation)
    : implementation(std::move(implementation)) {}
LoadedNetwork::LoadedNetwork(LoadedNetwork &&) noexcept = default;
LoadedNetwork &LoadedNetwork::operator=(LoadedNetwork &&) noexcept = default;
LoadedNetwork::~LoadedNetwork() = default;

Result<LoadedNetwork> LoadedNetwork::load(const NetworkPlan &plan) {
  assert(!plan.weightsHeader && "the weights are to be loaded with the objects");
  if (!runsHere(plan.target))
    return Error{"code for " + plan.target.name + " can not run on this machine"};
  Result<std::vector<ObjectFile>> objects = networkObjects(plan);
  if (!objects)
    return Error{objects.error()};
  Result<std::string> callers = kernelCallersObject(plan);
  if (!callers)
    return Error{callers.error()};
  objects->emplace_back("kernel_callers.o", std::move(*callers));
  Result<Jit> jit = Jit::create(plan.target, std::move(*objects));
  if (!jit)
    return Error{jit.error()};
  auto loaded = std::make_unique<Implementation>(plan, std::move(*jit));
  const Symbols symbols(plan);
  Result<void *> network = loaded->jit.find(symbols.network());
  if (!network)
    return Error{network.error()};
  loaded->network = reinterpret_cast<const cnnrt_network *(*)()>(*network)();
  for (const FunctionPlan *function : functionsOf(plan))
    for (const KernelCall &call : function->calls) {
      size_t kernel = static_cast<size_t>(call.kernel);
      Result<void *> caller = loaded->jit.find(kernelCaller(symbols.kernel(plan.kernels[kernel])));
      if (!caller)
        return Error{caller.error()};
      loaded->callers[kernel] = reinterpret_cast<KernelCaller *>(*caller);
    }
  if (plan.weightBytes > 0) {
    Result<void *> weights = loaded->jit.find(symbols.weights());
    if (!weights)
      return Error{weights.error()};
    loaded->weights = *weights;
  }
  return LoadedNetwork(std::move(loaded));
}

// ---- Running -----------------------------------------------------------------------------------

const cnnrt_network &LoadedNetwork::network() const { return *implementation->network; }

const void *LoadedNetwork::weights() const { return implementation->weights; }

size_t LoadedNetwork::workspaceBytes(const std::vector<int64_t> &sizes, int threads) const {
  return network().workspace_bytes(sizes.data(), threads);
}

static Status statusOf(const cnnrt_network &network, int status) {
  if (status == CNNRT_OK)
    return done();
  return Error{std::string(network.name) + " failed: " + cnnrt_status_string(status)};
}

namespace {
/// Memory for one call.
struct Workspace {
  Workspace(size_t bytes) : bytes(bytes), memory(std::aligned_alloc(64, bytes)) {}
  Workspace(const Workspace &) = delete;
  ~Workspace() { std::free(memory); }

  size_t bytes;
  void *memory;
};
} // namespace

/// The workspace for these sizes, or why the network can not take them.
static Result<std::unique_ptr<Workspace>> createWorkspace(const cnnrt_network &network,
                                                          const std::vector<int64_t> &sizes,
                                                          const cnnrt_exec *exec) {
  char message[256];
  if (network.check_sizes(sizes.data(), message, sizeof message) != CNNRT_OK)
    return Error{std::string(network.name) + " can not take these sizes: " + message};
  size_t bytes = network.workspace_bytes(sizes.data(), exec ? exec->threads : 1);
  if (bytes == 0)
    return Error{cnnrt_status_string(CNNRT_BAD_THREADS)};
  auto workspace = std::make_unique<Workspace>(bytes);
  if (!workspace->memory)
    return Error{"there is no memory for a workspace of " + std::to_string(bytes) + " bytes"};
  return workspace;
}

Status LoadedNetwork::run(const std::vector<const void *> &inputs,
                          const std::vector<void *> &outputs, const std::vector<int64_t> &sizes,
                          const cnnrt_exec *exec) const {
  assert(inputs.size() == implementation->plan.inputs.size() && "a pointer for each input");
  assert(outputs.size() == implementation->plan.outputs.size() && "a pointer for each output");
  assert(sizes.size() == implementation->plan.sizes.size() && "a value for each size");
  auto workspace = createWorkspace(network(), sizes, exec);
  if (!workspace)
    return Error{workspace.error()};
  return statusOf(network(), network().run(inputs.data(), outputs.data(), sizes.data(),
                                           (*workspace)->memory, (*workspace)->bytes, exec));
}

namespace {
/// A buffer together with its dims.
struct ArgumentBuffer {
  ArgumentBuffer(void *data, const BufferArgument &argument, const std::vector<int64_t> &sizes) {
    const std::vector<SizeExpr> strides = stridesOf(argument);
    for (size_t dim = 0; dim < strides.size(); ++dim)
      dims.push_back({0, static_cast<int32_t>(argument.extents[dim].evaluate(sizes)),
                      static_cast<int32_t>(strides[dim].evaluate(sizes)), 0});
    buffer.host = data;
    buffer.type = kernelBufferType(argument.elementType);
    buffer.dimensions = static_cast<int32_t>(dims.size());
    buffer.dims = dims.data();
  }
  ArgumentBuffer(ArgumentBuffer &&) = default;

  KernelBuffer buffer;
  std::vector<KernelDim> dims;
};
} // namespace

struct PreparedCall::Implementation {
  const cnnrt_network *network;
  const cnnrt_exec *exec;
  const std::vector<int64_t> *sizes;
  void *workspace;
  size_t workspaceBytes, arenaBytes, sharedScratch, workerScratch;
  std::string name;
  KernelCaller *caller;
  std::vector<ArgumentBuffer> buffers;
  std::vector<KernelBuffer *> arguments;
};

PreparedCall::PreparedCall(std::unique_ptr<Implementation> implementation)
    : implementation(std::move(implementation)) {}
PreparedCall::PreparedCall(PreparedCall &&) noexcept = default;
PreparedCall::~PreparedCall() = default;

void PreparedCall::setBuffer(size_t index, void *data) {
  implementation->arguments[index]->host = data;
}

Status PreparedCall::run() const {
  Implementation &call = *implementation;
  alignas(CNNRT_CONTEXT_ALIGNMENT) cnnrt_context context;
  int status = cnnrt_begin(&context, call.network, call.sizes->data(), call.workspace,
                           call.workspaceBytes, call.exec);
  if (status != CNNRT_OK)
    return statusOf(*call.network, status);
  cnnrt_begin_kernel(&context, call.name.c_str(),
                     static_cast<char *>(call.workspace) + call.arenaBytes, call.sharedScratch,
                     call.workerScratch);
  status = cnnrt_end_kernel(&context, call.caller(&context, call.arguments.data()));
  return statusOf(*call.network, status);
}

PreparedCall LoadedNetwork::prepareKernel(const KernelCall &call,
                                          const std::vector<void *> &buffers,
                                          const std::vector<int64_t> &sizes, void *workspace,
                                          size_t workspaceBytes, const cnnrt_exec *exec) const {
  assert(buffers.size() == call.arguments.size() && "a buffer for each argument");
  const NetworkPlan &plan = implementation->plan;
  auto bytes = [&](const SizeExpr &size) {
    return static_cast<size_t>(roundUp(size, 64).evaluate(sizes));
  };
  auto prepared = std::make_unique<PreparedCall::Implementation>();
  prepared->network = &network();
  prepared->exec = exec;
  prepared->sizes = &sizes;
  prepared->workspace = workspace;
  prepared->workspaceBytes = workspaceBytes;
  prepared->arenaBytes = bytes(plan.run.arenaBytes);
  prepared->sharedScratch = bytes(plan.run.sharedScratch);
  prepared->workerScratch = bytes(plan.run.workerScratch);
  prepared->name = call.name;
  prepared->caller = implementation->callers[static_cast<size_t>(call.kernel)];
  for (size_t index = 0; index < buffers.size(); ++index)
    prepared->buffers.emplace_back(buffers[index], call.arguments[index], sizes);
  for (ArgumentBuffer &buffer : prepared->buffers)
    prepared->arguments.push_back(&buffer.buffer);
  return PreparedCall(std::move(prepared));
}

Status LoadedNetwork::callKernel(const KernelCall &call, const std::vector<void *> &buffers,
                                 const std::vector<int64_t> &sizes, const cnnrt_exec *exec) const {
  auto workspace = createWorkspace(network(), sizes, exec);
  if (!workspace)
    return Error{workspace.error()};
  return prepareKernel(call, buffers, sizes, (*workspace)->memory, (*workspace)->bytes, exec).run();
}

} // namespace cnnc
