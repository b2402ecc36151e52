// Work done in a process of its own, whose crash is an error message and not our end.
#pragma once

#include "compiler/support/Result.h"

#include <cstdio>
#include <functional>
#include <string>
#include <sys/types.h>

namespace cnnc {

/// A forked copy of this process that computes one string and ends.
///
/// Its environment has no HL_* variables, through which Halide would take settings, and what it
/// prints is only shown where it fails.
class WorkerProcess {
public:
  /// Starts `work`. What it returns, or the message of the std::exception it throws, is received
  /// by finish().
  static Result<WorkerProcess> start(const std::function<std::string()> &work);

  WorkerProcess(WorkerProcess &&other) noexcept;
  WorkerProcess &operator=(WorkerProcess &&other) = delete;
  /// Kills the process if finish() has not been called.
  ~WorkerProcess();

  /// Readable when receive() has something to do.
  int descriptor() const { return pipe; }
  /// Takes what the worker has sent so far; false when it has sent all.
  bool receive();
  /// Waits for the process to end. Call once, after receive() has returned false. Else than by its
  /// own error it can fail by a signal (an abort, a crash, no memory), which the message names.
  Result<std::string> finish();

private:
  WorkerProcess(pid_t process, int pipe, std::FILE *output);
  std::string lastWords() const;

  pid_t process;
  int pipe;
  std::FILE *output; ///< What the worker printed.
  std::string received;
};

} // namespace cnnc
