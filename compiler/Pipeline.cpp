#include "compiler/Pipeline.h"

#include "compiler/frontend/NetworkFunction.h"
#include "compiler/passes/ReadPlan.h"
#include "dialects/cnn/CNNDialect.h"
#include "dialects/kernel/KernelDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace cnnc {

// Each stage adds its passes.

static void addRead(OpPassManager &, const PipelineOptions &) {} // The frontends did it.

static void addDifferentiate(OpPassManager &passes, const PipelineOptions &options) {
  if (options.train)
    passes.addPass(createAddTraining());
}

static void addSimplify(OpPassManager &passes, const PipelineOptions &) {
  OpPassManager &network = passes.nest<func::FuncOp>();
  network.addPass(createExpandComposites());
  network.addPass(createFoldConstants());
  network.addPass(createFoldIntoWeights());
  network.addPass(createFoldConstants());
  network.addPass(createShrinkPointwise());
  network.addPass(createCanonicalizerPass());
  network.addPass(createCSEPass());
}

static void addFormKernels(OpPassManager &passes, const PipelineOptions &options) {
  OpPassManager &network = passes.nest<func::FuncOp>();
  network.addPass(createFormKernels());
  network.addPass(createFuseDepthwise({options.target}));
}

static void addFormViews(OpPassManager &passes, const PipelineOptions &) {
  OpPassManager &network = passes.nest<func::FuncOp>();
  network.addPass(createFormViews());
  network.addPass(createComputeInPlace());
}

static void addChooseSchedules(OpPassManager &passes, const PipelineOptions &options) {
  passes.nest<func::FuncOp>().addPass(
      createChooseSchedules({options.target, options.accuracy}, options.measured));
}

static void addEmitKernels(OpPassManager &passes, const PipelineOptions &options) {
  passes.addPass(createEmitKernels({options.target, options.workers, options.cacheFolder}));
}

static void addPlanMemory(OpPassManager &passes, const PipelineOptions &) {
  passes.nest<func::FuncOp>().addPass(createPlanMemory());
}

namespace {
struct StageRow {
  Stage stage;
  const char *name;
  void (*addPasses)(OpPassManager &, const PipelineOptions &);
};
} // namespace

static const StageRow stages[] = {
    {Stage::Read, "read", addRead},
    {Stage::Differentiate, "differentiate", addDifferentiate},
    {Stage::Simplify, "simplify", addSimplify},
    {Stage::FormKernels, "form-kernels", addFormKernels},
    {Stage::FormViews, "form-views", addFormViews},
    {Stage::ChooseSchedules, "choose-schedules", addChooseSchedules},
    {Stage::EmitKernels, "emit-kernels", addEmitKernels},
    {Stage::PlanMemory, "plan-memory", addPlanMemory},
};

std::optional<Stage> parseStage(const std::string &name) {
  for (const StageRow &row : stages)
    if (name == row.name)
      return row.stage;
  return std::nullopt;
}

std::vector<std::string> stageNames() {
  std::vector<std::string> names;
  for (const StageRow &row : stages)
    names.push_back(row.name);
  return names;
}

void loadDialects(MLIRContext &context) {
  // Kernels are compiled in forked processes: this one must have no threads.
  context.disableMultithreading();
  context.loadDialect<cnn::CNNDialect, kernel::KernelDialect, func::FuncDialect>();
}

LogicalResult runStages(ModuleOp module, Stage last, const PipelineOptions &options) {
  // Only who trains the network reads its loss.
  if (func::FuncOp loss = getLoss(module); loss && last > Stage::Read && !options.train)
    loss.erase();
  PassManager passes(module.getContext());
  for (const StageRow &row : stages)
    if (row.stage <= last)
      row.addPasses(passes, options);
  return passes.run(module);
}

std::optional<NetworkPlan> planNetwork(ModuleOp module, const PipelineOptions &options) {
  if (failed(runStages(module, Stage::PlanMemory, options)))
    return std::nullopt;
  return readPlan(module, *findTarget(options.target));
}

} // namespace cnnc
