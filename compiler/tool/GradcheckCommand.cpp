// cnnc gradcheck: the compiled gradients of a network beside central differences.
//
//   1. The compiled code computes the gradients of a small random batch in single precision.
//   2. The reference computes the loss in double precision, of parameters and inputs moved a
//   little.
//   3. Each tensor's gradient is compared along a random direction and in some entries.
#include "compiler/tool/Model.h"
#include "compiler/tool/train/CheckedGradients.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace cnnc {

namespace {
struct GradcheckOptions {
  ModelOptions model;
  double bound = 1e-3;
  bool full = false;
};

/// A row of the table.
struct Row {
  std::string name;
  InputGradientCheck check;

  /// A tensor of which nothing could be checked has not passed, nor has one with a NaN.
  bool passed(double bound) const { return check.checked > 0 && check.worstError <= bound; }
};
} // namespace

/// True where `a` is worse than `b`.
static bool isWorse(const Row &a, const Row &b) {
  auto rank = [](const Row &row) {
    bool unknown = std::isnan(row.check.worstError) || row.check.checked == 0;
    return unknown ? INFINITY : row.check.worstError;
  };
  return rank(a) > rank(b);
}

static void printTable(const std::vector<Row> &rows, double bound) {
  size_t width = 6;
  for (const Row &row : rows)
    width = std::max(width, row.name.size());
  const int column = static_cast<int>(width);
  llvm::outs() << llvm::format("%-*s  checked  skipped  entry      gradient    difference"
                               "     error     bound\n",
                               column, "tensor");
  for (const Row &row : rows) {
    const Derivative &worst = row.check.worst;
    std::string entry = worst.entry < 0 ? "random" : std::to_string(worst.entry);
    llvm::outs() << llvm::format("%-*s  %7d  %7d  %-7s", column, row.name.c_str(),
                                 row.check.checked, row.check.skipped, entry.c_str())
                 << llvm::format("  %12.5e  %12.5e  %8.1e  %8.1e%s\n", worst.gradient,
                                 worst.difference, row.check.worstError, bound,
                                 row.passed(bound) ? "" : "  FAILED");
  }
}

/// The table, worst first, and the verdict.
static int report(const std::vector<Row> &rows, const NetworkPlan &plan,
                  const std::vector<int64_t> &sizes, double bound) {
  printTable(rows, bound);
  std::string at;
  for (size_t i = 0; i < sizes.size(); ++i)
    at += (i ? ", " : " at ") + plan.sizes[i] + "=" + std::to_string(sizes[i]);
  auto failed = [&](const Row &row) { return !row.passed(bound); };
  auto failures = llvm::count_if(rows, failed);
  auto unchecked = llvm::count_if(rows, [](const Row &row) { return row.check.checked == 0; });
  if (failures == 0) {
    llvm::outs() << "gradients of " << rows.size() << " tensors" << at
                 << " agree with differences: "
                 << "worst " << llvm::format("%.1e", rows.front().check.worstError) << "\n";
    return 0;
  }
  std::string message = std::to_string(failures) + " of " + std::to_string(rows.size()) +
                        " gradients" + at + " disagree with differences";
  if (unchecked > 0)
    message += "; " + std::to_string(unchecked) +
               " of them were looked at near kinks alone: try another --seed, or --full";
  return fail(message);
}

static int gradcheck(GradcheckOptions &options) {
  OwningOpRef<ModuleOp> module = options.model.read(typicalTrainingBatch);
  if (!module)
    return 1;
  const PipelineOptions pipeline = options.model.pipeline("host");
  PipelineOptions differentiation = pipeline;
  differentiation.train = true;
  OwningOpRef<ModuleOp> differentiated(cast<ModuleOp>(module->clone()));
  if (failed(runStages(*differentiated, Stage::Differentiate, differentiation)))
    return 1;
  const uint64_t seed = options.model.seed();
  auto network = TrainingNetwork::compile(*module, pipeline, seed, /*threads=*/1);
  if (!network)
    return network.error().empty() ? 1 : fail(network.error());
  Batch batch = randomBatch(**network, sizesForCheck(**network), seed + 1);
  if (Status fits = (*network)->checkSizes(batch.sizes); !fits)
    return fail(fits.error());
  auto gradients = computeGradients(*differentiated, **network, batch);
  if (!gradients)
    return fail(gradients.error());
  std::vector<InputGradientCheck> checks =
      checkGradients(gradients->loss, gradients->gradients,
                     optionsForFloats(options.bound, options.full ? -1 : 32, seed + 2));
  std::vector<Row> rows;
  for (size_t i = 0; i < checks.size(); ++i)
    rows.push_back({gradients->names[i], checks[i]});
  std::stable_sort(rows.begin(), rows.end(), isWorse);
  return report(rows, (*network)->plan(), batch.sizes, options.bound);
}

void addGradcheckCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<GradcheckOptions>();
  CLI::App *command =
      app.add_subcommand("gradcheck", "Hold the compiled gradients to differences of the loss");
  options->model.declare(*command);
  command->get_option("--seed")->description(
      "For parameters that no file gives, the batch and the entries to look at");
  command
      ->add_option("--bound", options->bound,
                   "Error that a gradient may have, relative to its largest entry")
      ->check(isPositive())
      ->capture_default_str();
  command->add_flag("--full", options->full, "Look at all entries, not at 32 of each tensor");
  command->callback([options, &status] { status = gradcheck(*options); });
}

} // namespace cnnc
