#include "compiler/tool/Session.h"

namespace cnnc {

void InputOptions::declare(CLI::App &command) {
  command.add_option("--input", files, "An .npy or a picture for an input; others are random")
      ->type_name("NAME=FILE");
  command.add_option("--input-seed", seed, "Of random inputs");
}

std::unique_ptr<Session> openSession(mlir::ModuleOp module, const ModelOptions &model,
                                     const InputOptions &options) {
  std::optional<NetworkPlan> plan = planNetwork(module, model.pipeline("host"));
  if (!plan)
    return nullptr;
  auto session = std::make_unique<Session>();
  session->plan = std::move(*plan);
  session->sizes = session->plan.typicalSizes;
  auto inputs = makeInputs(session->plan, options.files, options.seed, session->sizes);
  if (!inputs) {
    fail(inputs.error());
    return nullptr;
  }
  session->inputs = std::move(*inputs);
  Result<LoadedNetwork> network = LoadedNetwork::load(session->plan);
  if (!network) {
    fail(network.error());
    return nullptr;
  }
  session->network = std::make_unique<LoadedNetwork>(std::move(*network));
  return session;
}

} // namespace cnnc
