/* Weights in files: mapped, so that they are read when they are needed and take no memory twice. */
#define _POSIX_C_SOURCE 200809L

#include "cnnrt_io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int isWeightsFile(const cnnrt_weights_header *header, size_t bytes) {
  return memcmp(header->magic, CNNRT_WEIGHTS_MAGIC, sizeof header->magic) == 0 &&
         header->version == CNNRT_WEIGHTS_VERSION && header->file_bytes == bytes;
}

/* Maps what `file` has open; the mapping outlives it. */
static int mapOpen(int file, const void **weights, size_t *bytes) {
  struct stat status;
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
    return CNNRT_UNREADABLE_FILE;
  const size_t length = (size_t)status.st_size;
  if (length < sizeof(cnnrt_weights_header))
    return CNNRT_BAD_WEIGHTS_FILE;
  void *address = mmap(NULL, length, PROT_READ, MAP_PRIVATE, file, 0);
  if (address == MAP_FAILED)
    return CNNRT_UNREADABLE_FILE;
  if (!isWeightsFile(address, length)) {
    munmap(address, length);
    return CNNRT_BAD_WEIGHTS_FILE;
  }
  *weights = address;
  *bytes = length;
  return CNNRT_OK;
}

static int mapPath(const char *path, const void **weights, size_t *bytes) {
  int file;
  do /* Not blocking: a pipe under this name is to be refused, not waited for. */
    file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  while (file < 0 && errno == EINTR);
  if (file < 0)
    return CNNRT_UNREADABLE_FILE;
  const int status = mapOpen(file, weights, bytes);
  close(file);
  return status;
}

int cnnrt_weights_map(const char *path, const void **weights, size_t *bytes) {
  if (!weights || !bytes)
    return CNNRT_NULL_POINTER;
  *weights = NULL;
  *bytes = 0;
  if (!path)
    return CNNRT_NULL_POINTER;
  const int before = errno;
  const int status = mapPath(path, weights, bytes);
  errno = before;
  return status;
}

void cnnrt_weights_unmap(const void *weights, size_t bytes) {
  if (!weights)
    return;
  const int before = errno;
  munmap((void *)weights, bytes);
  errno = before;
}
