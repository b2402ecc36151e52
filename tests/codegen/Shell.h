// Programs of the system, run by the tests.
#pragma once

#include <array>
#include <cstdio>
#include <string>
#include <sys/wait.h>

namespace cnnc {

struct ShellResult {
  int status = -1;    ///< The exit status; -1 if there is none.
  std::string output; ///< Of both streams.
};

inline ShellResult shell(const std::string &command) {
  ShellResult result;
  std::FILE *pipe = popen((command + " 2>&1").c_str(), "r");
  if (!pipe)
    return result;
  std::array<char, 4096> buffer;
  while (size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    result.output.append(buffer.data(), count);
  int status = pclose(pipe);
  if (WIFEXITED(status))
    result.status = WEXITSTATUS(status);
  return result;
}

} // namespace cnnc
