#include "compiler/codegen/RuntimeFiles.h"

#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>

namespace cnnc {

static bool endsWith(const std::string &text, const std::string &end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// True where what the compiler of cnnc itself makes fits `target`.
static bool isNative(const Target &target) {
  const llvm::Triple native(llvm::sys::getDefaultTargetTriple()), other(target.triple);
  return native.getArch() == other.getArch() && native.getOS() == other.getOS();
}

/// True of the headers that programs include.
static bool isPublicHeader(const std::string &name) {
  return name == "cnnrt.h" || name == "cnnrt_io.h";
}

RuntimeFiles runtimeFilesFor(const Target &target, bool asSources) {
  const bool asArchive = isNative(target) && !asSources;
  RuntimeFiles result;
  for (const EmbeddedFile &file : embeddedRuntimeFiles()) {
    if (isPublicHeader(file.name) || (asArchive && endsWith(file.name, ".a"))) {
      result.files.push_back(file);
    } else if (!asArchive && !endsWith(file.name, ".a")) {
      result.files.push_back({"cnnrt/" + file.name, file.content});
      if (endsWith(file.name, ".c"))
        result.sources.push_back("cnnrt/" + file.name);
    }
  }
  return result;
}

} // namespace cnnc
