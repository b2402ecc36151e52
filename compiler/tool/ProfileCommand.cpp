// cnnc profile: where the time goes, kernel by kernel, in the very code that compile packs.
#include "compiler/support/WriteFile.h"
#include "compiler/tool/profile/Profile.h"

using namespace mlir;

namespace cnnc {

namespace {
struct ProfileOptions {
  ModelOptions model;
  InputOptions inputs;
  int threads = 1, rounds = 20;
  std::string json;
};
} // namespace

/// "-" is the standard output.
static Status write(const std::string &path, const std::string &text) {
  if (path != "-")
    return writeFile(path, {text});
  llvm::outs() << text;
  return done();
}

static int profile(ProfileOptions &options) {
  OwningOpRef<ModuleOp> module = options.model.read();
  if (!module)
    return 1;
  std::unique_ptr<Session> session = openSession(*module, options.model, options.inputs);
  if (!session)
    return 1;
  Result<Profile> profile = profileNetwork(*session, options.threads, options.rounds);
  if (!profile)
    return fail(profile.error());
  if (options.json != "-")
    printTable(*profile, llvm::outs());
  if (!options.json.empty())
    if (Status written = write(options.json, toJson(*profile)); !written)
      return fail(written.error());
  return 0;
}

void addProfileCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<ProfileOptions>();
  CLI::App *command = app.add_subcommand("profile", "Time every kernel of the compiled network");
  options->model.declare(*command);
  options->inputs.declare(*command);
  command->add_option("--threads", options->threads, "Threads to run on")
      ->check(CLI::Range(1, CNNRT_MAX_THREADS));
  command->add_option("--rounds", options->rounds, "Run so often; default: 20")
      ->check(CLI::Range(1, 1000000));
  command->add_option("--json", options->json, "Also write a JSON file; -: print it instead")
      ->type_name("FILE");
  command->callback([options, &status] { status = profile(*options); });
}

} // namespace cnnc
