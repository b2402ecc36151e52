// cnnc run: the compiled network on tensors from files.
#include "compiler/frontend/NetworkFunction.h"
#include "compiler/passes/ReadPlan.h"
#include "compiler/support/Spelling.h"
#include "compiler/tool/Session.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <cmath>

using namespace mlir;

namespace cnnc {

namespace {
struct RunOptions {
  ModelOptions model;
  InputOptions inputs;
  std::vector<std::string> outputs;
  int threads = 1, repeat = 1;
};
} // namespace

/// Smallest, mean and largest of the values: enough to see that something came out.
static void printOutput(const BorderTensor &border, const HostTensor &tensor) {
  LogicalTensor values = toLogical(tensor, Layout::RowMajor);
  double least = INFINITY, most = -INFINITY, sum = 0;
  for (double value : values.values) {
    least = std::min(least, value);
    most = std::max(most, value);
    sum += value;
  }
  llvm::outs() << border.name << ": " << toString(tensor.elementType) << "[";
  llvm::interleaveComma(tensor.shape, llvm::outs());
  llvm::outs() << llvm::format("] from %.6g to %.6g, mean %.6g\n", least, most,
                               sum / static_cast<double>(values.values.size()));
}

/// NAME=FILE; a text without a name is a file for the first output.
static std::pair<std::string, std::string> splitOutput(const std::string &text) {
  size_t at = text.find('=');
  if (at == std::string::npos)
    return {"", text};
  return {text.substr(0, at), text.substr(at + 1)};
}

/// Has the network return what the user wants to see and it keeps to itself: a layer's result.
static Status addWantedOutputs(func::FuncOp network, const std::vector<std::string> &texts) {
  for (const std::string &text : texts) {
    std::string name = splitOutput(text).first;
    bool known = name.empty() || llvm::any_of(getOutputs(network), [&](const BorderValue &output) {
                   return output.name == name || toIdentifier(output.name) == name;
                 });
    if (known || addOutput(network, name))
      continue;
    return Error{"the network has no output or layer '" + name + "'" +
                 suggestion(name, getValueNames(network)) +
                 "; cnnc show --summary lists the layers"};
  }
  return done();
}

/// Writes the outputs that the user asked for.
static Status writeOutputs(const NetworkPlan &plan, const std::vector<HostTensor> &tensors,
                           const std::vector<std::string> &texts) {
  for (const std::string &text : texts) {
    auto [name, file] = splitOutput(text);
    size_t i = 0;
    while (!name.empty() && plan.outputs[i].name != toIdentifier(name))
      ++i;
    if (Status written = writeTensor(file, tensors[i]); !written)
      return written;
  }
  return done();
}

static Status runNetwork(const Session &session, std::vector<HostTensor> &outputs,
                         const RunOptions &options) {
  std::vector<const void *> inputPointers = pointersTo(session.inputs);
  std::vector<void *> outputPointers = pointersInto(outputs);
  std::unique_ptr<cnnrt_exec, void (*)(cnnrt_exec *)> pool(cnnrt_pool_create(options.threads),
                                                           cnnrt_pool_destroy);
  double best = INFINITY;
  for (int i = 0; i < options.repeat; ++i) {
    auto begin = std::chrono::steady_clock::now();
    Status ran = session.network->run(inputPointers, outputPointers, session.sizes, pool.get());
    if (!ran)
      return ran;
    std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    best = std::min(best, seconds.count());
  }
  if (options.repeat > 1)
    llvm::outs() << llvm::format("result: best_of_%d %.4f ms\n", options.repeat, best * 1e3);
  return done();
}

static int run(RunOptions &options) {
  OwningOpRef<ModuleOp> module = options.model.read();
  if (!module)
    return 1;
  if (Status added = addWantedOutputs(getNetwork(*module), options.outputs); !added)
    return fail(added.error());
  std::unique_ptr<Session> session = openSession(*module, options.model, options.inputs);
  if (!session)
    return 1;
  std::vector<HostTensor> outputs = makeOutputs(session->plan, session->sizes);
  if (Status ran = runNetwork(*session, outputs, options); !ran)
    return fail(ran.error());
  for (size_t i = 0; i < outputs.size(); ++i)
    printOutput(session->plan.outputs[i], outputs[i]);
  Status written = writeOutputs(session->plan, outputs, options.outputs);
  return written ? 0 : fail(written.error());
}

void addRunCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<RunOptions>();
  CLI::App *command = app.add_subcommand("run", "Compile in memory and run on tensors from files");
  options->model.declare(*command);
  options->inputs.declare(*command);
  command
      ->add_option("--output", options->outputs,
                   "Where to write an output, or a layer's result, as .npy")
      ->type_name("NAME=FILE");
  command->add_option("--threads", options->threads, "Threads to run on")
      ->check(CLI::Range(1, CNNRT_MAX_THREADS));
  command->add_option("--repeat", options->repeat, "Run so often, and print the shortest time")
      ->check(CLI::PositiveNumber);
  command->callback([options, &status] { status = run(*options); });
}

} // namespace cnnc
