/* Weights in files: mapped, so that they are read when they are needed and take no memory twice. */
#define _POSIX_C_SOURCE 200809L

#include "cnnrt_io.h"

#include "cnnrt_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int isWeightsFile(const void *file, size_t bytes) {
  const cnnrt_weights_header *header = file;
  return bytes >= sizeof *header &&
         memcmp(header->magic, CNNRT_WEIGHTS_MAGIC, sizeof header->magic) == 0 &&
         header->version == CNNRT_WEIGHTS_VERSION && header->file_bytes == bytes;
}

/* Maps what `file` has open; the mapping outlives it. */
static int mapOpen(int file, const void **address, size_t *bytes) {
  struct stat status;
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
    return CNNRT_UNREADABLE_FILE;
  if (status.st_size == 0)
    return CNNRT_OK; /* Nothing cannot be mapped. */
  const size_t length = (size_t)status.st_size;
  void *mapped = mmap(NULL, length, PROT_READ, MAP_PRIVATE, file, 0);
  if (mapped == MAP_FAILED)
    return CNNRT_UNREADABLE_FILE;
  *address = mapped;
  *bytes = length;
  return CNNRT_OK;
}

static int mapPath(const char *path, const void **address, size_t *bytes) {
  int file;
  do /* Not blocking: a pipe under this name is to be refused, not waited for. */
    file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  while (file < 0 && errno == EINTR);
  if (file < 0)
    return CNNRT_UNREADABLE_FILE;
  const int status = mapOpen(file, address, bytes);
  close(file);
  return status;
}

int cnnrt_map_file(const char *path, const void **address, size_t *bytes) {
  *address = NULL;
  *bytes = 0;
  const int before = errno;
  const int status = mapPath(path, address, bytes);
  errno = before;
  return status;
}

int cnnrt_weights_map(const char *path, const void **weights, size_t *bytes) {
  if (!weights || !bytes)
    return CNNRT_NULL_POINTER;
  *weights = NULL;
  *bytes = 0;
  if (!path)
    return CNNRT_NULL_POINTER;
  const int status = cnnrt_map_file(path, weights, bytes);
  if (status || isWeightsFile(*weights, *bytes))
    return status;
  cnnrt_weights_unmap(*weights, *bytes);
  *weights = NULL;
  *bytes = 0;
  return CNNRT_BAD_WEIGHTS_FILE;
}

void cnnrt_weights_unmap(const void *weights, size_t bytes) {
  if (!weights)
    return;
  const int before = errno;
  munmap((void *)weights, bytes);
  errno = before;
}
