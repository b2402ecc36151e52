// cnnc train: parameters learnt from data, by the very code that compile --train packs.
#include "compiler/frontend/NetworkFunction.h"
#include "compiler/support/WriteFile.h"
#include "compiler/tool/Interrupt.h"
#include "compiler/tool/Model.h"
#include "compiler/tool/train/Curve.h"
#include "compiler/tool/train/LossOutput.h"
#include "compiler/tool/train/Progress.h"

#include "cnnrt_io.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <filesystem>
#include <numeric>

using namespace mlir;

namespace cnnc {

namespace {
struct TrainOptions {
  ModelOptions model;
  std::string data, validation, checkpoint, resume, curve, schedule = "constant";
  double validationShare = 0;
  TrainerOptions trainer;
  int threads = 1;
  bool quiet = false;
};

/// All that is trained on.
struct TrainingData {
  Dataset all, apart; ///< `apart`: what --validation says.
  SampleSet training, validation;
};
} // namespace

/// How a shell says that a program was ended by Ctrl-C.
static constexpr int interruptedStatus = 130;

/// A file that can not be written should not be found out after an hour.
static Status checkFolder(const std::string &file) {
  std::filesystem::path folder = std::filesystem::path(file).parent_path();
  if (file.empty() || folder.empty() || std::filesystem::is_directory(folder))
    return done();
  return Error{file + ": there is no folder " + folder.string()};
}

static DataFormat formatOf(const TrainingNetwork &network) {
  DataFormat format;
  const NetworkPlan &plan = network.plan();
  // Behind the inputs are the targets: addLossOutput.
  auto targets = plan.inputs.end() - static_cast<ptrdiff_t>(network.training().targets.size());
  format.inputs.assign(plan.inputs.begin(), targets);
  format.targets.assign(targets, plan.inputs.end());
  format.labels = network.training().labels;
  format.sizes = plan.sizes;
  format.typicalSizes = plan.typicalSizes;
  return format;
}

static Status readData(const TrainOptions &options, const DataFormat &format, TrainingData &data) {
  Result<Dataset> all = readDataset(options.data, format);
  if (!all)
    return Error{all.error()};
  data.all = std::move(*all);
  Split split = splitSamples(data.all.samples, options.validationShare, options.trainer.seed);
  data.training = {&data.all, std::move(split.training)};
  data.validation = {&data.all, std::move(split.validation)};
  if (options.validation.empty())
    return done();
  Result<Dataset> apart = readDataset(options.validation, format);
  if (!apart)
    return Error{apart.error()};
  data.apart = std::move(*apart);
  for (size_t i = 0; i < data.all.classes.size() && i < data.apart.classes.size(); ++i)
    if (data.apart.classes[i] != data.all.classes[i])
      return Error{options.validation + ": there is a class '" + data.apart.classes[i] +
                   "' where " + options.data + " has '" + data.all.classes[i] + "'"};
  std::vector<int64_t> samples(static_cast<size_t>(data.apart.samples));
  std::iota(samples.begin(), samples.end(), 0);
  data.validation = {&data.apart, std::move(samples)};
  return done();
}

/// Takes up what a checkpoint has; `step` is where it was.
static Status resume(const std::string &file, TrainingNetwork &network, uint64_t &step) {
  if (file.empty())
    return done();
  int status = cnnrt_checkpoint_load(file.c_str(), &network.network(), network.parameters.data(),
                                     network.state.data(), &step);
  return status == CNNRT_OK ? done() : Error{file + ": " + cnnrt_status_string(status)};
}

static void warn(const std::string &message) {
  llvm::errs() << "cnnc: warning: " << message << "\n";
}

static void warnOfLeftOut(const Trainer &trainer, const SampleSet &set, const char *purpose) {
  if (int64_t count = trainer.leftOut(set))
    warn("the last " + std::to_string(count) + " samples for " + purpose +
         " of each epoch are left out: the network takes whole batches only");
}

static Status writeCurve(const TrainOptions &options, const std::string &name,
                         const std::vector<CurvePoint> &points) {
  if (options.curve.empty() || points.empty())
    return done();
  return writeFile(options.curve, {drawCurve("Loss of " + name, points)});
}

/// What there is when it ends, on stdout.
static void report(const TrainOptions &options, uint64_t step,
                   const std::optional<EpochResult> &last) {
  llvm::outs() << (options.trainer.checkpoint.empty() ? "trained" : options.trainer.checkpoint)
               << ": " << step << " steps";
  if (last) {
    llvm::outs() << llvm::format(", loss %.4g", last->loss);
    if (last->validationLoss)
      llvm::outs() << llvm::format(", validation loss %.4g", *last->validationLoss);
    if (last->accuracy)
      llvm::outs() << llvm::format(", accuracy %.4f", *last->accuracy);
  }
  llvm::outs() << "\n";
}

static int interruptedAt(const TrainOptions &options, uint64_t step) {
  llvm::errs() << "cnnc: interrupted behind step " << step;
  if (options.trainer.checkpoint.empty())
    llvm::errs() << "; nothing was saved\n";
  else
    llvm::errs() << "; " << options.trainer.checkpoint << " is saved, --resume "
                 << options.trainer.checkpoint << " goes on from it\n";
  return interruptedStatus;
}

static int runTrainer(const TrainOptions &options, TrainingNetwork &network, Trainer &trainer) {
  uint64_t step = 0;
  if (Status resumed = resume(options.resume, network, step); !resumed)
    return fail(resumed.error());
  if (step >= static_cast<uint64_t>(trainer.steps()))
    return fail(options.resume + " is of step " + std::to_string(step) + " but " +
                std::to_string(options.trainer.epochs) + " epochs end at step " +
                std::to_string(trainer.steps()));
  TrainingDisplay display(options.quiet);
  std::vector<CurvePoint> curve;
  std::optional<EpochResult> last;
  catchInterrupts();
  Result<bool> finished =
      trainer.train(step, {[&](const StepProgress &progress) { display.show(progress); },
                           [&](const EpochResult &result) {
                             display.show(result);
                             curve.push_back({static_cast<double>(result.epoch) + 1, result.loss,
                                              result.validationLoss});
                             last = result;
                           },
                           isInterrupted});
  display.finish();
  Status drawn = writeCurve(options, network.plan().name, curve);
  if (!finished)
    return fail(finished.error());
  if (!drawn)
    return fail(drawn.error());
  if (!*finished)
    return interruptedAt(options, step);
  if (!options.quiet)
    report(options, step, last);
  return 0;
}

static int train(TrainOptions &options) {
  if (options.trainer.checkpoint.empty())
    options.trainer.checkpoint = options.resume;
  for (const std::string &file : {options.trainer.checkpoint, options.curve})
    if (Status exists = checkFolder(file); !exists)
      return fail(exists.error());
  OwningOpRef<ModuleOp> module = options.model.read(options.trainer.batch);
  if (!module)
    return 1;
  if (getLoss(*module)) // Without one the compiler says what is missing.
    addLossOutput(*module);
  options.trainer.seed = options.model.seed();
  auto network = TrainingNetwork::compile(*module, options.model.pipeline("host"),
                                          options.model.seed(), options.threads);
  if (!network)
    return network.error().empty() ? 1 : fail(network.error());
  const DataFormat format = formatOf(**network);
  TrainingData data;
  if (Status read = readData(options, format, data); !read)
    return fail(read.error());
  Trainer trainer(**network, format, data.training, data.validation, options.trainer);
  if (Status fits = trainer.check(); !fits)
    return fail(fits.error());
  if (options.trainer.checkpoint.empty())
    warn("nothing will be saved without --checkpoint");
  warnOfLeftOut(trainer, data.training, "training");
  warnOfLeftOut(trainer, data.validation, "validation");
  return runTrainer(options, **network, trainer);
}

/// A check that a name ends in `.safetensors` or the like.
static CLI::Validator endsIn(const std::string &extension) {
  auto check = [extension](const std::string &name) -> std::string {
    if (llvm::StringRef(name).ends_with(extension))
      return {};
    return "takes a file whose name ends in " + extension + " but got '" + name + "'";
  };
  return CLI::Validator(check, "FILE");
}

static void declareData(CLI::App &command, TrainOptions &options) {
  command
      .add_option("--data", options.data,
                  "An .npz with an array for each input and target, or a folder with a folder of "
                  "pictures for each class")
      ->required()
      ->check(CLI::ExistingPath)
      ->type_name("DATA");
  CLI::Option *validation =
      command.add_option("--validation", options.validation, "The same, not to learn from")
          ->check(CLI::ExistingPath)
          ->type_name("DATA");
  command
      .add_option("--validation-share", options.validationShare,
                  "Share of the data that is not learnt from")
      ->check(CLI::Range(0.0, 0.9))
      ->excludes(validation);
}

void addTrainCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App *command = app.add_subcommand("train", "Learn the parameters from data");
  options->model.declare(*command);
  command->get_option("--seed")->description(
      "For parameters that no file gives, the order of samples and --validation-share");
  declareData(*command, *options);
  TrainerOptions &trainer = options->trainer;
  command->add_option("--epochs", trainer.epochs, "How often to see each sample")
      ->required()
      ->check(CLI::Range(1, 1000000));
  command->add_option("--batch", trainer.batch, "Samples of a step")
      ->required()
      ->check(CLI::Range(1, 1 << 30));
  command->add_option("--rate", trainer.rate.rate, "Learning rate")
      ->required()
      ->check(isPositive());
  command
      ->add_option("--schedule", options->schedule,
                   "How the rate falls: not, along a cosine, or to a tenth at half and again at "
                   "three quarters")
      ->check(CLI::IsMember({"constant", "cosine", "step"}))
      ->capture_default_str();
  command->add_option("--warmup", trainer.rate.warmup, "Steps in which the rate rises at first")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--threads", options->threads, "Threads to run on")
      ->check(CLI::Range(1, CNNRT_MAX_THREADS));
  command
      ->add_option("--checkpoint", trainer.checkpoint,
                   "Where to save parameters and state behind each epoch; default: what --resume "
                   "takes")
      ->check(endsIn(".safetensors"));
  command->add_option("--resume", options->resume, "Go on from a checkpoint")
      ->check(CLI::ExistingFile)
      ->check(endsIn(".safetensors"));
  command->add_option("--curve", options->curve, "Draw the losses")->check(endsIn(".svg"));
  command->add_flag("-q,--quiet", options->quiet, "Say nothing where all is well");
  command->callback([options, &status] {
    RateSchedule &rate = options->trainer.rate;
    rate.kind = options->schedule == "cosine" ? RateSchedule::Cosine
                : options->schedule == "step" ? RateSchedule::Step
                                              : RateSchedule::Constant;
    status = train(*options);
  });
}

} // namespace cnnc
