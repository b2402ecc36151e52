#include "compiler/support/WriteFile.h"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <unistd.h>

namespace cnnc {

static Error systemError(const std::string &path) {
  return Error{"can not write " + path + ": " + std::strerror(errno)};
}

/// A name beside `path` that no other thread or process takes at the same time.
static std::string nameBeside(const std::string &path) {
  static std::atomic<unsigned> counter{0};
  return path + ".partial-" + std::to_string(getpid()) + "-" + std::to_string(counter++);
}

Status writeBesideThenRename(const std::string &path,
                             const std::function<Status(const std::string &)> &write) {
  std::string beside = nameBeside(path);
  Status written = write(beside);
  if (written && std::rename(beside.c_str(), path.c_str()) != 0)
    written = systemError(path);
  if (!written)
    std::remove(beside.c_str());
  return written;
}

static Status writePieces(std::FILE *file, const std::vector<std::string_view> &pieces,
                          const std::string &path) {
  for (std::string_view piece : pieces)
    if (std::fwrite(piece.data(), 1, piece.size(), file) != piece.size())
      return systemError(path);
  if (std::fflush(file) != 0)
    return systemError(path);
  return done();
}

Status writeFile(const std::string &path, const std::vector<std::string_view> &pieces) {
  return writeBesideThenRename(path, [&](const std::string &beside) -> Status {
    std::FILE *file = std::fopen(beside.c_str(), "wb");
    if (!file)
      return systemError(path);
    Status written = writePieces(file, pieces, path);
    if (std::fclose(file) != 0 && written)
      return systemError(path);
    return written;
  });
}

} // namespace cnnc
