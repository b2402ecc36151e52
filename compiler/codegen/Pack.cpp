#include "compiler/codegen/Pack.h"

#include "compiler/codegen/CNames.h"
#include "compiler/codegen/Header.h"
#include "compiler/codegen/LinkShared.h"
#include "compiler/codegen/Objects.h"
#include "compiler/codegen/PackageFiles.h"
#include "compiler/codegen/RuntimeFiles.h"
#include "compiler/codegen/WeightsFile.h"
#include "compiler/support/WriteFile.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

namespace cnnc {

namespace fs = std::filesystem;

static Error folderError(const std::string &folder, const std::string &reason) {
  return Error{"can not write to the folder " + folder + ": " + reason};
}

namespace {
/// A folder in the output folder, where files are made before they get their place. Removes itself,
/// and the folders that were made for it unless keep() is called.
class Staging {
public:
  explicit Staging(std::string folder) : folder(std::move(folder)) {}

  Status create() {
    std::error_code error;
    for (fs::path p = fs::absolute(folder).lexically_normal(); !fs::exists(p, error);
         p = p.parent_path())
      madeFolders.push_back(p);
    fs::create_directories(folder, error);
    if (error)
      return folderError(folder, error.message());
    std::string pattern = folder + "/.cnnc-XXXXXX";
    if (!mkdtemp(pattern.data()))
      return folderError(folder, std::strerror(errno));
    place = pattern;
    return done();
  }

  ~Staging() {
    std::error_code ignored;
    if (!place.empty())
      fs::remove_all(place, ignored);
    for (const fs::path &p : madeFolders)
      fs::remove(p, ignored); // The innermost first; not if something is in it.
  }

  Status write(const EmbeddedFile &file) const {
    std::error_code error;
    fs::create_directories(fs::path(path(file.name)).parent_path(), error);
    return writeFile(path(file.name), {file.content});
  }

  void keep() { madeFolders.clear(); }
  std::string path(const std::string &name) const { return place + "/" + name; }

private:
  std::string folder, place;
  std::vector<fs::path> madeFolders;
};
} // namespace

/// Turns the staged archives into a shared library, and removes what only they need.
static Status makeShared(const Staging &staging, const std::string &name) {
  const std::string archive = staging.path("lib" + name + ".a"),
                    runtime = staging.path("libcnnrt.a");
  std::error_code error;
  if (!fs::exists(runtime, error))
    return Error{"a shared library can only be made for this machine's architecture"};
  if (Status linked = linkShared({archive, runtime}, staging.path("lib" + name + ".so")); !linked)
    return linked;
  const std::vector<std::string> forArchives = {
      archive, runtime, staging.path(name + "-config.cmake"),
      staging.path(lowerCase(name) + "-config.cmake"), staging.path(name + ".pc")};
  for (const std::string &path : forArchives)
    fs::remove(path, error);
  return done();
}

/// Writes all files into the staging folder.
static Status stage(const Staging &staging, const NetworkPlan &plan, const PackOptions &options) {
  const std::string &name = plan.name;
  const RuntimeFiles runtime = runtimeFilesFor(plan.target, options.runtimeAsSources);
  const bool weightsFile = plan.weightsHeader.has_value();
  const std::string header = headerText(plan),
                    cmake = cmakeConfigText(name, runtime.sources, weightsFile),
                    pkgConfig = pkgConfigText(name, plan.target.name, runtime.sources, weightsFile);
  std::vector<EmbeddedFile> files = runtime.files;
  files.push_back({name + ".h", header});
  files.push_back({name + "-config.cmake", cmake});
  files.push_back({name + ".pc", pkgConfig});
  // CMake finds a package with capitals only under this name.
  if (lowerCase(name) != name)
    files.push_back({lowerCase(name) + "-config.cmake", cmake});
  for (const EmbeddedFile &file : files)
    if (Status written = staging.write(file); !written)
      return written;
  if (weightsFile)
    if (Status written = writeWeightsFile(plan, staging.path(name + ".weights")); !written)
      return written;
  Result<std::vector<ObjectFile>> objects = networkObjects(plan, staging.path(""));
  if (!objects)
    return Error{objects.error()};
  if (Status written = writeArchiveFile(staging.path("lib" + name + ".a"), *objects); !written)
    return written;
  return options.shared ? makeShared(staging, name) : done();
}

/// Moves all staged files to their places, over those that were there.
static Status moveFiles(const Staging &staging, const std::string &folder) {
  std::vector<std::pair<fs::path, fs::path>> moves;
  const fs::path root = staging.path("");
  for (const fs::directory_entry &entry : fs::recursive_directory_iterator(root))
    if (!entry.is_directory())
      moves.push_back({entry.path(), folder / entry.path().lexically_relative(root)});
  std::error_code error;
  for (const auto &[from, to] : moves)
    if (fs::is_directory(to, error))
      return Error{"can not write " + to.string() + ": it is a folder"};
  for (const auto &[from, to] : moves) {
    fs::create_directories(to.parent_path(), error);
    fs::rename(from, to, error);
    if (error)
      return Error{"can not write " + to.string() + ": " + error.message()};
  }
  return done();
}

/// Errors of a file in the staging folder are told with the name that the user knows.
static std::string withoutStaging(std::string message, const Staging &staging) {
  const std::string inside = staging.path("");
  for (size_t at = message.find(inside); at != std::string::npos; at = message.find(inside))
    message.erase(at + inside.rfind(".cnnc-"), inside.size() - inside.rfind(".cnnc-"));
  return message;
}

Status pack(const NetworkPlan &plan, const std::string &folder, const PackOptions &options) {
  Staging staging(folder);
  if (Status created = staging.create(); !created)
    return created;
  Status staged = stage(staging, plan, options);
  if (staged)
    staged = moveFiles(staging, folder);
  if (!staged)
    return Error{withoutStaging(staged.error(), staging)};
  staging.keep();
  return done();
}

} // namespace cnnc
