// Network::compile: what `cnnc compile` does with a file, with a network that was built in C++.
#include "compiler/Pipeline.h"
#include "compiler/codegen/Pack.h"
#include "compiler/frontend/builder/NetworkState.h"
#include "compiler/tuner/TunedSchedules.h"

using namespace mlir;

namespace cnnc::nn {

void Network::compile(const std::string &folder, const CompileOptions &options) const {
  loadDialects(state->context);
  OwningOpRef<ModuleOp> module = state->makeModule();
  PipelineOptions pipeline;
  pipeline.target = options.target;
  pipeline.workers = options.workers;
  pipeline.accuracy = options.accuracy;
  TunedSchedules schedules = TunedSchedules::open({});
  if (options.tuned)
    pipeline.measured = [&](const KernelSpec &spec, const std::vector<int64_t> &sizes) {
      return schedules.find(spec, sizes);
    };
  std::optional<NetworkPlan> plan = planNetwork(*module, pipeline);
  if (!plan)
    state->fail();
  if (Status status = pack(*plan, folder); !status)
    throw Error("error: " + status.error());
}

} // namespace cnnc::nn
