#include "compiler/codegen/WorkerProcess.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

extern char **environ;

namespace cnnc {

// The first byte that a worker sends.
static constexpr char isResult = 'r', isError = 'e';

static void clearHalideSettings() {
  std::vector<std::string> names;
  for (char **variable = environ; *variable; ++variable)
    if (std::strncmp(*variable, "HL_", 3) == 0)
      names.emplace_back(*variable, std::strcspn(*variable, "="));
  for (const std::string &name : names)
    unsetenv(name.c_str());
}

static std::string answerOf(const std::function<std::string()> &work) {
  try {
    return isResult + work();
  } catch (const std::exception &error) {
    return isError + std::string(error.what());
  } catch (...) {
    return isError + std::string("an unknown exception");
  }
}

/// Writes all of `bytes`; false if nobody reads them.
static bool send(int pipe, const std::string &bytes) {
  size_t sent = 0;
  while (sent < bytes.size()) {
    ssize_t count = write(pipe, bytes.data() + sent, bytes.size() - sent);
    if (count < 0 && errno != EINTR)
      return false;
    sent += count < 0 ? 0 : static_cast<size_t>(count);
  }
  return true;
}

/// The life of the worker, from fork to its end; without the exit handlers, which are the parent's.
[[noreturn]] static void live(const std::function<std::string()> &work, int pipe, std::FILE *output,
                              pid_t parent) {
  // A worker that hangs must not outlive who waits for it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent)
    _exit(1);
  dup2(fileno(output), STDOUT_FILENO);
  dup2(fileno(output), STDERR_FILENO);
  clearHalideSettings();
  bool sent = send(pipe, answerOf(work));
  std::fflush(nullptr);
  _exit(sent ? 0 : 1);
}

Result<WorkerProcess> WorkerProcess::start(const std::function<std::string()> &work) {
  std::FILE *output = std::tmpfile();
  int ends[2];
  if (!output || pipe2(ends, O_CLOEXEC) != 0) {
    std::string reason = std::strerror(errno);
    if (output)
      std::fclose(output);
    return Error{"can not prepare a process for compiling kernels: " + reason};
  }
  std::fflush(nullptr); // Else the worker's copy of what is buffered would be written, too.
  const pid_t parent = getpid();
  pid_t process = fork();
  if (process == 0)
    live(work, ends[1], output, parent);
  close(ends[1]);
  WorkerProcess worker(process, ends[0], output);
  if (process < 0)
    return Error{std::string("can not start a process for compiling kernels: ") +
                 std::strerror(errno)};
  return worker;
}

WorkerProcess::WorkerProcess(pid_t process, int pipe, std::FILE *output)
    : process(process), pipe(pipe), output(output) {}

WorkerProcess::WorkerProcess(WorkerProcess &&other) noexcept
    : process(other.process), pipe(other.pipe), output(other.output),
      received(std::move(other.received)) {
  other.process = -1;
  other.pipe = -1;
  other.output = nullptr;
}

/// Waits until `process` has ended and tells how.
static int waitFor(pid_t process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR)
    continue;
  return status;
}

WorkerProcess::~WorkerProcess() {
  if (process > 0) {
    kill(process, SIGKILL);
    waitFor(process);
  }
  if (pipe >= 0)
    close(pipe);
  if (output)
    std::fclose(output);
}

bool WorkerProcess::receive() {
  char buffer[1 << 16];
  ssize_t count = read(pipe, buffer, sizeof buffer);
  if (count < 0)
    return errno == EINTR || errno == EAGAIN;
  received.append(buffer, static_cast<size_t>(count));
  return count > 0;
}

/// The last line that the worker printed, where an assertion leaves its reason.
std::string WorkerProcess::lastWords() const {
  std::string text;
  char buffer[4096];
  std::rewind(output);
  while (size_t count = std::fread(buffer, 1, sizeof buffer, output))
    text.append(buffer, count);
  size_t end = text.find_last_not_of(" \n");
  if (end == std::string::npos)
    return "";
  size_t begin = text.find_last_of('\n', end);
  begin = begin == std::string::npos ? 0 : begin + 1;
  return ": " + text.substr(begin, end - begin + 1);
}

Result<std::string> WorkerProcess::finish() {
  int status = waitFor(process);
  process = -1;
  if (WIFSIGNALED(status))
    return Error{std::string("the process that compiled it was ended by \"") +
                 strsignal(WTERMSIG(status)) + "\"" + lastWords()};
  if (!received.empty() && received[0] == isResult)
    return received.substr(1);
  if (!received.empty() && received[0] == isError)
    return Error{received.substr(1)};
  return Error{"the process that compiled it ended without a result" + lastWords()};
}

} // namespace cnnc
