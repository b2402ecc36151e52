// cnnc compile: a model becomes a static library with its header.
#include "compiler/codegen/Pack.h"
#include "compiler/codegen/WeightsFile.h"
#include "compiler/tool/Model.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>

using namespace mlir;

namespace cnnc {

namespace {
struct CompileOptions {
  ModelOptions model;
  std::string folder = ".";
  std::vector<std::string> targets = {"host"};
  std::string embedWeights = "yes";
  bool quiet = false, shared = false, train = false;
};
} // namespace

/// One line on what was written.
static void report(const NetworkPlan &plan, const std::string &folder, const char *suffix,
                   double seconds) {
  llvm::outs() << folder << "/lib" << plan.name << suffix << ": " << plan.run.calls.size()
               << " kernel calls, " << plan.kernels.size() << " distinct kernels, "
               << llvm::format("%.1f", static_cast<double>(plan.weightBytes) / 1e6)
               << " MB of weights" << (plan.weightsHeader ? " in " + plan.name + ".weights" : "")
               << ", for " << plan.target.name << ", in " << llvm::format("%.1f s", seconds)
               << "\n";
}

static int compileFor(const std::string &target, const std::string &folder,
                      CompileOptions &options) {
  auto begin = std::chrono::steady_clock::now();
  OwningOpRef<ModuleOp> module = options.model.read(options.train ? typicalTrainingBatch : 1);
  if (!module)
    return 1;
  PipelineOptions pipeline = options.model.pipeline(target);
  pipeline.train = options.train;
  std::optional<NetworkPlan> plan = planNetwork(*module, pipeline);
  if (!plan)
    return 1;
  if (options.embedWeights == "no")
    plan->weightsHeader = makeWeightsHeader(*plan);
  PackOptions packing;
  packing.shared = options.shared;
  if (Status status = pack(*plan, folder, packing); !status)
    return fail(status.error());
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  if (!options.quiet)
    report(*plan, folder, options.shared ? ".so" : ".a", seconds.count());
  return 0;
}

/// One target goes into the folder itself, several into folders of their names.
static int compile(CompileOptions &options) {
  for (const std::string &target : options.targets) {
    std::string folder =
        options.targets.size() == 1 ? options.folder : options.folder + "/" + target;
    if (int status = compileFor(target, folder, options))
      return status;
  }
  return 0;
}

void addCompileCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<CompileOptions>();
  CLI::App *command = app.add_subcommand("compile", "Write libNAME.a and NAME.h");
  options->model.declare(*command);
  command->add_option("-o,--output", options->folder, "Folder to write to, made if missing")
      ->type_name("DIR");
  command->add_option("--target", options->targets, "CPU; several: a folder for each")
      ->check(isTarget());
  command->add_flag("--shared", options->shared, "Write libNAME.so, the runtime inside, instead");
  CLI::Option *embedWeights =
      command
          ->add_option("--embed-weights", options->embedWeights,
                       "no: write the weights to NAME.weights, which the program maps, instead")
          ->check(CLI::IsMember({"yes", "no"}));
  command
      ->add_flag("--train", options->train,
                 "Add gradients and the optimizer's step; parameters are then the caller's")
      ->excludes(embedWeights);
  command->add_flag("-q,--quiet", options->quiet, "Say nothing where all is well");
  command->callback([options, &status] { status = compile(*options); });
}

} // namespace cnnc
