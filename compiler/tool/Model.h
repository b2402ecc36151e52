// What every subcommand begins with: the model file, and the options on how to read and compile it.
#pragma once

#include "compiler/Pipeline.h"
#include "compiler/frontend/Diagnostics.h"
#include "compiler/frontend/Frontend.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <vector>

namespace cnnc {

/// A subcommand: declares its options on `app`; the callback that it sets there does the work and
/// returns through `status`.
void addCompileCommand(CLI::App &app, int &status);
void addGradcheckCommand(CLI::App &app, int &status);
void addProfileCommand(CLI::App &app, int &status);
void addRunCommand(CLI::App &app, int &status);
void addShowCommand(CLI::App &app, int &status);
void addTrainCommand(CLI::App &app, int &status);
void addTuneCommand(CLI::App &app, int &status);
void addVerifyCommand(CLI::App &app, int &status);

/// The options that all subcommands share, and the model once it is read.
class ModelOptions {
public:
  /// Declares MODEL, --name, --size, --typical, --rename, --weights, --seed, --workers, --cache,
  /// --accuracy, --tuning, --tuned-threads.
  void declare(CLI::App &command);

  /// Reads the model, to be planned for such batches where nobody says. Null after a diagnostic.
  mlir::OwningOpRef<mlir::ModuleOp> read(int64_t typicalBatch = 1);
  /// How to compile it for `target`.
  PipelineOptions pipeline(const std::string &target) const;
  /// What --seed says.
  uint64_t seed() const { return options.seed; }

  std::string path;

private:
  std::unique_ptr<mlir::MLIRContext> context;
  std::unique_ptr<DiagnosticPrinter> printer;
  ReadOptions options;
  std::vector<std::string> sizes, typical, renames;
  int workers = 0;
  std::string cacheFolder;
  double accuracy = PipelineOptions().accuracy;
  std::string tuning = "host";
  int tunedThreads = 1;
};

/// A check for CLI11 that a name is a target; says what the targets are.
CLI::Validator isTarget();
/// A check for CLI11 that a number is above 0 and finite.
CLI::Validator isPositive();

/// Prints "cnnc: error: MESSAGE" and returns the exit status for it.
int fail(const std::string &message);

} // namespace cnnc
