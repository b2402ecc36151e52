#include "compiler/codegen/LinkShared.h"

#include <llvm/Support/FileSystem.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/Program.h>

namespace cnnc {

/// The command up to the files: what is there of cc, clang, gcc and lld, the compilers asking the
/// linker with -Wl.
static Result<std::vector<std::string>> findLinker() {
  for (const char *name : {"cc", "clang", "gcc"})
    if (llvm::ErrorOr<std::string> path = llvm::sys::findProgramByName(name))
      return std::vector<std::string>{*path, "-shared", "-Wl,-Bsymbolic", "-Wl,--whole-archive"};
  for (const char *name : {"ld.lld", "ld"})
    if (llvm::ErrorOr<std::string> path = llvm::sys::findProgramByName(name))
      return std::vector<std::string>{*path, "-shared", "-Bsymbolic", "--whole-archive"};
  return Error{"a shared library needs a linker: install a C compiler (cc) or lld"};
}

static std::string firstLine(const std::string &path) {
  auto text = llvm::MemoryBuffer::getFile(path);
  return text ? (*text)->getBuffer().split('\n').first.str() : "";
}

Status linkShared(const std::vector<std::string> &archives, const std::string &output) {
  Result<std::vector<std::string>> linker = findLinker();
  if (!linker)
    return Error{linker.error()};
  std::vector<std::string> command = *linker;
  command.insert(command.end(), archives.begin(), archives.end());
  bool isCompiler = command[2].rfind("-Wl,", 0) == 0;
  command.push_back(isCompiler ? "-Wl,--no-whole-archive" : "--no-whole-archive");
  if (isCompiler)
    command.push_back("-pthread"); // The pool's threads.
  command.insert(command.end(), {"-o", output});

  std::string messages = output + ".messages", problem;
  std::vector<llvm::StringRef> arguments(command.begin(), command.end());
  std::optional<llvm::StringRef> redirects[] = {llvm::StringRef(""), llvm::StringRef(messages),
                                                llvm::StringRef(messages)};
  int status = llvm::sys::ExecuteAndWait(command.front(), arguments, std::nullopt, redirects,
                                         /*SecondsToWait=*/0, /*MemoryLimit=*/0, &problem);
  std::string said = problem.empty() ? firstLine(messages) : problem;
  llvm::sys::fs::remove(messages);
  if (status == 0)
    return done();
  return Error{command.front() + " could not link the shared library: " + said};
}

} // namespace cnnc
