/* What the files of the runtime that read and write files share. Nobody else includes this. */
#ifndef CNNRT_FILES_H
#define CNNRT_FILES_H

#include "cnnrt.h"

/* Maps the file `path` into memory, read-only: CNNRT_OK, or CNNRT_UNREADABLE_FILE. *address is null
 * if the file is empty. Give it back by cnnrt_weights_unmap. Leaves errno as it was. */
int cnnrt_map_file(const char *path, const void **address, size_t *bytes);

/* A part of a header's text. */
typedef struct cnnrt_text {
  const char *at;
  const char *end;
} cnnrt_text;

/* A safetensors file in memory. */
typedef struct cnnrt_safetensors {
  cnnrt_text entries; /* The header between its braces: known to be right. */
  const char *data;   /* What the header's offsets count from. */
  uint64_t data_bytes;
} cnnrt_safetensors;

/* Checks the whole header of the file in `bytes`, which must live as long as *file: CNNRT_OK; or
 * CNNRT_BAD_CHECKPOINT, if it is no safetensors file or has not all the bytes that it tells of. */
int cnnrt_safetensors_open(cnnrt_safetensors *file, const void *bytes, size_t length);

/* Looks for a tensor of the name prefix + tensor->name, of floats, with the dims of `tensor`.
 * *elements is where it lies in the file, not aligned. CNNRT_OTHER_NETWORK if there is none, or one
 * of another type or dims; CNNRT_BAD_CHECKPOINT if several have the name. */
int cnnrt_safetensors_find(const cnnrt_safetensors *file, const char *prefix,
                           const cnnrt_tensor *tensor, const void **elements);

/* The number that the file's metadata have under `key`; 0 if they do not know the key.
 * CNNRT_BAD_CHECKPOINT if its value is no number below 2^64, or if it comes twice. */
int cnnrt_safetensors_number(const cnnrt_safetensors *file, const char *key, uint64_t *number);

#endif
