#include "compiler/support/MappedFile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cnnc {

static Error systemError(const std::string &path) {
  return Error{"can not read " + path + ": " + std::strerror(errno)};
}

/// Maps what `descriptor` has open; the mapping outlives the descriptor.
static Result<OwnedBytes> mapDescriptor(int descriptor, const std::string &path) {
  struct stat status;
  if (fstat(descriptor, &status) != 0)
    return systemError(path);
  if (!S_ISREG(status.st_mode))
    return Error{"can not read " + path + ": not a file"};
  size_t size = static_cast<size_t>(status.st_size);
  if (size == 0)
    return OwnedBytes{}; // mmap takes no empty file
  void *address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (address == MAP_FAILED)
    return systemError(path);
  std::shared_ptr<const void> owner(address, [size](void *bytes) { munmap(bytes, size); });
  return OwnedBytes{{static_cast<const char *>(address), size}, std::move(owner)};
}

Result<OwnedBytes> mapFile(const std::string &path) {
  int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    return systemError(path);
  Result<OwnedBytes> bytes = mapDescriptor(descriptor, path);
  close(descriptor);
  return bytes;
}

} // namespace cnnc
