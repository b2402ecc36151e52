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
  std::string json, html;
};
} // namespace

static Status writeFiles(const Profile &profile, const ProfileOptions &options) {
  if (!options.json.empty() && options.json != "-")
    if (Status written = writeFile(options.json, {toJson(profile)}); !written)
      return written;
  return options.html.empty() ? done() : writeFile(options.html, {toPage(profile)});
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
  // Files first: whoever reads the table may close the pipe. A table beside what could not be
  // written is better than none.
  Status written = writeFiles(*profile, options);
  if (options.json == "-")
    llvm::outs() << toJson(*profile);
  else
    printTable(*profile, llvm::outs());
  return written ? 0 : fail(written.error());
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
  command->add_option("--html", options->html, "Also write a page with the graph and a timeline")
      ->type_name("FILE");
  command->callback([options, &status] { status = profile(*options); });
}

} // namespace cnnc
