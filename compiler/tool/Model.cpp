#include "compiler/tool/Model.h"

#include "compiler/tuner/TunedSchedules.h"

#include "llvm/Support/raw_ostream.h"

#include <cmath>

namespace cnnc {

/// Splits "H=224". CLI11 turns the ValidationError into a message and exit.
static std::pair<std::string, std::string> splitAtEquals(const std::string &option,
                                                         const std::string &text) {
  size_t at = text.find('=');
  if (at == 0 || at == std::string::npos || at + 1 == text.size())
    throw CLI::ValidationError(option, "takes NAME=VALUE but got '" + text + "'");
  return {text.substr(0, at), text.substr(at + 1)};
}

static std::map<std::string, int64_t> parseSizes(const std::string &option,
                                                 const std::vector<std::string> &texts) {
  std::map<std::string, int64_t> sizes;
  for (const std::string &text : texts) {
    auto [name, value] = splitAtEquals(option, text);
    int64_t size = 0;
    if (llvm::StringRef(value).getAsInteger(10, size) || size < 1 || size > INT32_MAX)
      throw CLI::ValidationError(option, "takes a positive number but got '" + text + "'");
    sizes[name] = size;
  }
  return sizes;
}

void ModelOptions::declare(CLI::App &command) {
  command.add_option("model", path, "The network: a .cnn or an .onnx file")
      ->required()
      ->check(CLI::ExistingFile)
      ->type_name("MODEL");
  command.add_option("--name", options.name, "Prefix of all symbols; default: the network's name");
  command.add_option("--size", sizes, "Fix a symbolic size: H=224")->type_name("NAME=SIZE");
  command.add_option("--typical", typical, "Plan for a size but leave it open")
      ->type_name("NAME=SIZE");
  command.add_option("--rename", renames, "Call a symbolic size otherwise: s77=H")
      ->type_name("OLD=NEW");
  command.add_option("--weights", options.weights, "Parameters of a .cnn: safetensors or npz")
      ->check(CLI::ExistingFile);
  command.add_option("--seed", options.seed, "For parameters that no file gives");
  command.add_option("--workers", workers, "Processes that compile kernels; default: one per core")
      ->check(CLI::NonNegativeNumber);
  command
      .add_option("--accuracy", accuracy,
                  "Error that fast algorithms may add to the outputs, relative to the largest")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command
      .add_option("--tuning", tuning,
                  "Whose measured schedules to take: of this machine's CPU (host), of another, no")
      ->check(CLI::Validator(checkTuning, "CPU"))
      ->capture_default_str()
      ->type_name("CPU");
  command.add_option("--tuned-threads", tunedThreads, "Take those measured on so many threads")
      ->check(CLI::Range(1, CNNRT_MAX_THREADS))
      ->capture_default_str();
  command.add_option("--cache", cacheFolder, "Folder of compiled kernels; default: the user's");
  command.parse_complete_callback([this] {
    options.sizes = parseSizes("--size", sizes);
    options.typical = parseSizes("--typical", typical);
    for (const std::string &text : renames)
      options.renames.insert(splitAtEquals("--rename", text));
  });
}

mlir::OwningOpRef<mlir::ModuleOp> ModelOptions::read(int64_t typicalBatch) {
  options.typicalBatch = typicalBatch;
  printer.reset();
  context = std::make_unique<mlir::MLIRContext>();
  printer = std::make_unique<DiagnosticPrinter>(context.get(), llvm::errs());
  loadDialects(*context);
  return readModel(*context, path, options);
}

/// Says once that the tuning database is not used, where that is so.
static void warnOnce(const TunedSchedules &schedules, bool &warned) {
  if (warned || schedules.warning().empty())
    return;
  llvm::errs() << "cnnc: warning: " << schedules.warning() << "; kernels are as if untuned\n";
  warned = true;
}

/// What --tuning asks for, as choose-schedules takes it.
static ScheduleLookup tunedSchedules(const std::string &tuning, int threads) {
  std::optional<TunedSchedulesOptions> options = tuningOptions(tuning, threads);
  if (!options)
    return nullptr;
  auto schedules = std::make_shared<TunedSchedules>(TunedSchedules::open(*options));
  bool warned = false;
  warnOnce(*schedules, warned);
  return [=](const KernelSpec &spec, const std::vector<int64_t> &sizes) mutable {
    std::vector<Schedule> found = schedules->find(spec, sizes);
    warnOnce(*schedules, warned);
    return found;
  };
}

PipelineOptions ModelOptions::pipeline(const std::string &target) const {
  PipelineOptions options;
  options.target = target;
  options.workers = workers;
  options.cacheFolder = cacheFolder;
  options.accuracy = accuracy;
  options.measured = tunedSchedules(tuning, tunedThreads);
  return options;
}

CLI::Validator isTarget() {
  auto check = [](const std::string &name) -> std::string {
    if (findTarget(name))
      return {};
    std::string message = "unknown target '" + name + "'; there are";
    for (const std::string &known : targetNames())
      message += " " + known;
    return message;
  };
  return CLI::Validator(check, "TARGET");
}

CLI::Validator isPositive() {
  auto check = [](const std::string &text) -> std::string {
    double value = 0;
    if (!llvm::StringRef(text).getAsDouble(value) && value > 0 && std::isfinite(value))
      return {};
    return "takes a positive number but got '" + text + "'";
  };
  return CLI::Validator(check, "NUMBER");
}

int fail(const std::string &message) {
  llvm::outs().flush();
  llvm::errs() << "cnnc: error: " << message << "\n";
  return 1;
}

} // namespace cnnc
