// cnnc: compiles convolutional networks ahead of time. One subcommand, one file.
#include "compiler/tool/Model.h"

int main(int argc, char **argv) {
  CLI::App app("cnnc compiles a convolutional network (.cnn or .onnx) into a static library",
               "cnnc");
  app.set_version_flag("--version", CNNC_VERSION);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::help);
  app.failure_message([](const CLI::App *, const CLI::Error &error) {
    return "cnnc: error: " + std::string(error.what()) + "\nTry cnnc --help.\n";
  });
  int status = 0;
  cnnc::addCompileCommand(app, status);
  cnnc::addRunCommand(app, status);
  cnnc::addVerifyCommand(app, status);
  cnnc::addShowCommand(app, status);
  cnnc::addProfileCommand(app, status);
  cnnc::addTuneCommand(app, status);
  cnnc::addTrainCommand(app, status);
  cnnc::addGradcheckCommand(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? 0 : 1;
  }
  return status;
}
