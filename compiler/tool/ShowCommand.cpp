// cnnc show: the module after any stage, or a table of the layers.
#include "compiler/codegen/Lower.h"
#include "compiler/tool/Model.h"
#include "compiler/tool/Summary.h"

#include "mlir/IR/AsmState.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace cnnc {

namespace {
struct ShowOptions {
  ModelOptions model;
  std::string until = "plan-memory", target = "host";
  bool summary = false, train = false;

  PipelineOptions pipeline() const {
    PipelineOptions options = model.pipeline(target);
    options.train = train;
    return options;
  }
};
} // namespace

/// The stages of the pipeline and the one behind it, which leaves a module of its own.
static const char lowerStage[] = "lower";

static std::vector<std::string> shownStages() {
  std::vector<std::string> names = stageNames();
  names.push_back(lowerStage);
  return names;
}

static void print(ModuleOp module) {
  OpPrintingFlags flags;
  flags.elideLargeResourceString(/*largeResourceLimit=*/0).elideLargeElementsAttrs(64);
  module->print(llvm::outs(), flags);
  llvm::outs() << "\n";
}

/// The network function in the LLVM dialect.
static int showLowered(ModuleOp module, const ShowOptions &options) {
  std::optional<NetworkPlan> plan = planNetwork(module, options.pipeline());
  if (!plan)
    return 1;
  Result<OwningOpRef<ModuleOp>> lowered = lowerNetwork(*plan, *module.getContext());
  if (!lowered)
    return fail(lowered.error());
  print(**lowered);
  return 0;
}

static int show(ShowOptions &options) {
  OwningOpRef<ModuleOp> module = options.model.read(options.train ? typicalTrainingBatch : 1);
  if (!module)
    return 1;
  if (!options.summary && options.until == lowerStage)
    return showLowered(*module, options);
  Stage stage = options.summary ? Stage::Read : *parseStage(options.until);
  if (failed(runStages(*module, stage, options.pipeline())))
    return 1;
  if (options.summary) {
    printSummary(*module, llvm::outs());
    return 0;
  }
  print(*module);
  return 0;
}

void addShowCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App *command = app.add_subcommand("show", "Print the network after a stage, or its layers");
  options->model.declare(*command);
  command->add_option("--until", options->until, "The last stage to run")
      ->check(CLI::IsMember(shownStages()));
  command->add_option("--target", options->target, "CPU to compile for")->check(isTarget());
  command->add_flag("--train", options->train, "With gradients and the optimizer's step");
  command->add_flag("--summary", options->summary,
                    "A table of the layers: shape, filter, parameters, multiply-adds");
  command->callback([options, &status] { status = show(*options); });
}

} // namespace cnnc
