// The first two digits of a key name one of 256 subfolders, which share the bytes evenly since keys
// are hashes: so only the subfolder that grows has to be looked through.
#include "compiler/codegen/KernelCache.h"

#include "compiler/codegen/KernelBytes.h"
#include "compiler/support/WriteFile.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace cnnc {

namespace fs = std::filesystem;

static constexpr int64_t numSubfolders = 256;

KernelCache::KernelCache(std::string folder, int64_t maxBytes)
    : folder(std::move(folder)), maxBytes(maxBytes) {}

/// The environment's value, empty if there is none.
static std::string environment(const char *name) {
  const char *value = std::getenv(name);
  return value ? value : "";
}

std::string KernelCache::defaultFolder() {
  if (std::string own = environment("CNNC_CACHE"); !own.empty())
    return own;
  if (std::string cache = environment("XDG_CACHE_HOME"); !cache.empty())
    return cache + "/cnnc";
  if (std::string home = environment("HOME"); !home.empty())
    return home + "/.cache/cnnc";
  return "";
}

std::string KernelCache::subfolder(const std::string &key) const {
  return folder + "/" + key.substr(0, 2);
}

static std::string pathOf(const std::string &subfolder, const std::string &key) {
  return subfolder + "/" + key + ".kernel";
}

std::optional<CompiledKernel> KernelCache::find(const std::string &key) const {
  if (folder.empty())
    return std::nullopt;
  std::string path = pathOf(subfolder(key), key);
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return std::nullopt;
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::optional<CompiledKernel> kernel = fromBytes(bytes);
  std::error_code ignored;
  if (kernel) // Its time says when it was last of use.
    fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
  return kernel;
}

void KernelCache::store(const std::string &key, const CompiledKernel &kernel) const {
  if (folder.empty())
    return;
  std::error_code error;
  fs::create_directories(subfolder(key), error);
  if (error || !writeFile(pathOf(subfolder(key), key), {toBytes(kernel)}))
    return;
  trim(subfolder(key));
}

namespace {
struct Entry {
  fs::path path;
  fs::file_time_type lastUse;
  int64_t bytes;
};
} // namespace

/// The files of `subfolder`; those that other compilers remove meanwhile are left out.
static std::vector<Entry> entriesOf(const std::string &subfolder) {
  std::vector<Entry> entries;
  std::error_code error;
  for (fs::directory_iterator it(subfolder, error), end; !error && it != end; it.increment(error)) {
    std::error_code gone;
    Entry entry = {it->path(), it->last_write_time(gone), 0};
    if (!gone)
      entry.bytes = static_cast<int64_t>(it->file_size(gone));
    if (!gone)
      entries.push_back(std::move(entry));
  }
  return entries;
}

void KernelCache::trim(const std::string &subfolder) const {
  std::vector<Entry> entries = entriesOf(subfolder);
  std::sort(entries.begin(), entries.end(),
            [](const Entry &a, const Entry &b) { return a.lastUse > b.lastUse; });
  int64_t kept = 0;
  for (const Entry &entry : entries) {
    kept += entry.bytes;
    std::error_code ignored;
    if (kept > maxBytes / numSubfolders)
      fs::remove(entry.path, ignored);
  }
}

} // namespace cnnc
