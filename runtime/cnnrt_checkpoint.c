/* Checkpoints: parameters and the optimizer's state in a safetensors file. */
#define _POSIX_C_SOURCE 200809L

#include "cnnrt_files.h"
#include "cnnrt_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- What is in a checkpoint ----------------------------------------------------------------- */

/* The tensors of a block of floats, and what their names have before them in the file. */
typedef struct block {
  const char *prefix;
  const cnnrt_tensor *tensors;
  int32_t count;
  int64_t floats;
} block;

static block parametersOf(const cnnrt_network *network) {
  return (block){"", network->parameters, network->num_parameters, network->parameter_floats};
}

static block stateOf(const cnnrt_network *network) {
  block result = {"optimizer.", NULL, 0, network->state_floats};
  if (network->struct_size >= offsetof(cnnrt_network, states) + sizeof network->states) {
    result.tensors = network->states;
    result.count = network->num_states;
  }
  return result;
}

static size_t bytesOf(const cnnrt_tensor *tensor) {
  size_t bytes = sizeof(float);
  for (int32_t i = 0; i < tensor->rank; i++)
    bytes *= (size_t)tensor->dims[i];
  return bytes;
}

/* ---- Writing --------------------------------------------------------------------------------- */

/* Where bytes go: gathered into pieces, to a file. */
typedef struct sink {
  int file; /* -1: nowhere, they are only counted */
  int failed;
  uint64_t bytes;
  size_t held;
  char buffer[4096];
} sink;

static void writeAll(sink *to, const char *bytes, size_t count) {
  while (count && !to->failed) {
    const ssize_t written = write(to->file, bytes, count);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0) {
      to->failed = 1;
      return;
    }
    bytes += written;
    count -= (size_t)written;
  }
}

static void flush(sink *to) {
  writeAll(to, to->buffer, to->held);
  to->held = 0;
}

static void put(sink *to, const void *bytes, size_t count) {
  to->bytes += count;
  if (to->file < 0)
    return;
  if (count > sizeof to->buffer - to->held)
    flush(to);
  if (count > sizeof to->buffer) {
    writeAll(to, bytes, count);
  } else {
    memcpy(to->buffer + to->held, bytes, count);
    to->held += count;
  }
}

static void putText(sink *to, const char *text) { put(to, text, strlen(text)); }

enum { MOST_DIGITS = 20 }; /* of a number of 64 bits */

/* Writes the digits of `number` to the end of `digits` and returns the first. */
static const char *toDigits(uint64_t number, char digits[MOST_DIGITS + 1]) {
  char *first = digits + MOST_DIGITS;
  *first = 0;
  do {
    *--first = (char)('0' + number % 10);
    number /= 10;
  } while (number);
  return first;
}

static void putNumber(sink *to, uint64_t number) {
  char digits[MOST_DIGITS + 1];
  putText(to, toDigits(number, digits));
}

/* Text within a JSON string. */
static void putEscaped(sink *to, const char *text) {
  static const char hex[] = "0123456789abcdef";
  for (; *text; text++) {
    const unsigned char letter = (unsigned char)*text;
    const char code[] = {'\\', 'u', '0', '0', hex[letter >> 4], hex[letter & 15]};
    if (letter < 0x20)
      put(to, code, sizeof code);
    else if (letter == '"' || letter == '\\')
      put(to, (const char[]){'\\', *text}, 2);
    else
      put(to, text, 1);
  }
}

/* The header's entries for a block whose elements begin at *offset, which moves on. */
static void putEntries(sink *to, const block *tensors, uint64_t *offset) {
  for (int32_t i = 0; i < tensors->count; i++) {
    const cnnrt_tensor *tensor = &tensors->tensors[i];
    putText(to, ",\"");
    putText(to, tensors->prefix);
    putEscaped(to, tensor->name);
    putText(to, "\":{\"dtype\":\"F32\",\"shape\":[");
    for (int32_t dim = 0; dim < tensor->rank; dim++) {
      putText(to, dim ? "," : "");
      putNumber(to, (uint64_t)tensor->dims[dim]);
    }
    putText(to, "],\"data_offsets\":[");
    putNumber(to, *offset);
    putText(to, ",");
    *offset += bytesOf(tensor);
    putNumber(to, *offset);
    putText(to, "]}");
  }
}

static void putHeader(sink *to, const cnnrt_network *network, const block *parameters,
                      const block *state, uint64_t step) {
  uint64_t offset = 0;
  putText(to, "{\"__metadata__\":{\"format\":\"cnnc\",\"network\":\"");
  putEscaped(to, network->name);
  putText(to, "\",\"step\":\"");
  putNumber(to, step);
  putText(to, "\"}");
  putEntries(to, parameters, &offset);
  putEntries(to, state, &offset);
  putText(to, "}");
}

static void putElements(sink *to, const block *tensors, const float *values) {
  for (int32_t i = 0; i < tensors->count; i++)
    put(to, values + tensors->tensors[i].offset, bytesOf(&tensors->tensors[i]));
}

/* The whole file: the header is made twice, first for its length. Blanks fill it up, so that the
 * elements begin at a multiple of 64 bytes. */
static void putFile(sink *to, const cnnrt_network *network, const float *parameters,
                    const float *state, uint64_t step) {
  const block parameter_block = parametersOf(network);
  block state_block = stateOf(network);
  if (!state)
    state_block.count = 0;
  sink counter;
  counter.file = -1;
  counter.bytes = 0;
  putHeader(&counter, network, &parameter_block, &state_block, step);
  const uint64_t begin = (sizeof begin + counter.bytes + 63) / 64 * 64,
                 length = begin - sizeof begin;

  put(to, &length, sizeof length);
  putHeader(to, network, &parameter_block, &state_block, step);
  while (to->bytes < begin)
    put(to, " ", 1);
  putElements(to, &parameter_block, parameters);
  putElements(to, &state_block, state);
  flush(to);
}

/* Puts PATH.tmp-PID into `name`; 0 if it is too long. */
static int nameBeside(const char *path, char *name, size_t room) {
  char digits[MOST_DIGITS + 1];
  const char *parts[] = {path, ".tmp-", toDigits((uint64_t)getpid(), digits)};
  size_t length = 0;
  for (int i = 0; i < 3; i++) {
    const size_t count = strlen(parts[i]);
    if (count >= room - length)
      return 0;
    memcpy(name + length, parts[i], count);
    length += count;
  }
  name[length] = 0;
  return 1;
}

static int openToWrite(const char *path) {
  int file;
  do
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  while (file < 0 && errno == EINTR);
  return file;
}

static int save(const char *path, const cnnrt_network *network, const float *parameters,
                const float *state, uint64_t step) {
  char beside[4096];
  sink to;
  if (!nameBeside(path, beside, sizeof beside))
    return CNNRT_WRITE_FAILED;
  to.file = openToWrite(beside);
  if (to.file < 0)
    return CNNRT_WRITE_FAILED;
  to.failed = 0;
  to.bytes = to.held = 0;
  putFile(&to, network, parameters, state, step);
  int failed = to.failed || fsync(to.file) != 0;
  failed |= close(to.file) != 0; /* In any case: some file systems tell of a full disk only here. */
  if (!failed && rename(beside, path) == 0)
    return CNNRT_OK;
  unlink(beside);
  return CNNRT_WRITE_FAILED;
}

int cnnrt_checkpoint_save(const char *path, const cnnrt_network *network, const float *parameters,
                          const float *state, uint64_t step) {
  if (!path || !parameters)
    return CNNRT_NULL_POINTER;
  int status = cnnrt_check_network(network);
  if (status)
    return status;
  const int before = errno;
  status = save(path, network, parameters, state, step);
  errno = before;
  return status;
}

/* ---- Reading --------------------------------------------------------------------------------- */

static int checkBlock(const cnnrt_safetensors *file, const block *tensors) {
  const void *elements;
  int status = CNNRT_OK;
  for (int32_t i = 0; i < tensors->count && !status; i++)
    status = cnnrt_safetensors_find(file, tensors->prefix, &tensors->tensors[i], &elements);
  return status;
}

/* What has been checked is all there. */
static void copyBlock(const cnnrt_safetensors *file, const block *tensors, float *values) {
  const void *elements;
  memset(values, 0, (size_t)tensors->floats * sizeof(float));
  for (int32_t i = 0; i < tensors->count; i++) {
    const cnnrt_tensor *tensor = &tensors->tensors[i];
    if (cnnrt_safetensors_find(file, tensors->prefix, tensor, &elements) == CNNRT_OK)
      memcpy(values + tensor->offset, elements, bytesOf(tensor));
  }
}

/* First all is checked, then all copied. */
static int load(const void *bytes, size_t length, const cnnrt_network *network, float *parameters,
                float *state, uint64_t *step) {
  const block parameter_block = parametersOf(network), state_block = stateOf(network);
  cnnrt_safetensors file;
  uint64_t number;
  int status = cnnrt_safetensors_open(&file, bytes, length);
  if (!status)
    status = cnnrt_safetensors_number(&file, "step", &number);
  if (!status)
    status = checkBlock(&file, &parameter_block);
  if (!status && state)
    status = checkBlock(&file, &state_block);
  if (status)
    return status;
  copyBlock(&file, &parameter_block, parameters);
  if (state)
    copyBlock(&file, &state_block, state);
  if (step)
    *step = number;
  return CNNRT_OK;
}

int cnnrt_checkpoint_load(const char *path, const cnnrt_network *network, float *parameters,
                          float *state, uint64_t *step) {
  const void *bytes;
  size_t length;
  if (!path || !parameters)
    return CNNRT_NULL_POINTER;
  int status = cnnrt_check_network(network);
  if (!status)
    status = cnnrt_map_file(path, &bytes, &length);
  if (status)
    return status;
  status = load(bytes, length, network, parameters, state, step);
  cnnrt_weights_unmap(bytes, length);
  return status;
}
