// Network::compile: what `cnnc compile` does with a file, with a network that was built in C++.
#include "compiler/Pipeline.h"
#include "compiler/codegen/Pack.h"
#include "compiler/codegen/WeightsFile.h"
#include "compiler/frontend/builder/NetworkState.h"
#include "compiler/tuner/TunedSchedules.h"

#include "cnnrt.h"

using namespace mlir;

namespace cnnc::nn {

static void refuse(const std::string &sentence) { throw Error("error: " + sentence); }

/// Refuses what no stage would find to be wrong.
static void check(const CompileOptions &options) {
  if (!(options.accuracy >= 0 && options.accuracy <= 1))
    refuse("accuracy must be from 0 to 1 but is " + std::to_string(options.accuracy));
  if (options.tunedThreads < 1 || options.tunedThreads > CNNRT_MAX_THREADS)
    refuse("tunedThreads must be from 1 to " + std::to_string(CNNRT_MAX_THREADS) + " but is " +
           std::to_string(options.tunedThreads));
  if (const std::string problem = checkTuning(options.tuning); !problem.empty())
    refuse(problem);
}

static ScheduleLookup measuredSchedules(const CompileOptions &options) {
  std::optional<TunedSchedulesOptions> tuning = tuningOptions(options.tuning, options.tunedThreads);
  if (!tuning)
    return nullptr;
  auto schedules = std::make_shared<TunedSchedules>(TunedSchedules::open(*tuning));
  return [=](const KernelSpec &spec, const std::vector<int64_t> &sizes) {
    return schedules->find(spec, sizes);
  };
}

void Network::compile(const std::string &folder, const CompileOptions &options) const {
  check(options);
  loadDialects(state->context);
  OwningOpRef<ModuleOp> module = state->makeModule();
  PipelineOptions pipeline;
  pipeline.target = options.target;
  pipeline.workers = options.workers;
  pipeline.cacheFolder = options.cacheFolder;
  pipeline.accuracy = options.accuracy;
  pipeline.train = options.train;
  pipeline.measured = measuredSchedules(options);
  std::optional<NetworkPlan> plan = planNetwork(*module, pipeline);
  if (!plan)
    state->fail();
  if (!options.embedWeights)
    plan->weightsHeader = makeWeightsHeader(*plan);
  PackOptions packing;
  packing.shared = options.shared;
  if (Status packed = pack(*plan, folder, packing); !packed)
    refuse(packed.error());
}

} // namespace cnnc::nn
