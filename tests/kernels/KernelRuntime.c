#include "tests/kernels/KernelRuntime.h"

/* 64 bytes before each block. */
typedef struct Header {
  size_t previous; /* Where the block under this one begins; this is a stack. */
  int isFree;
} Header;

enum { alignment = 64 };

static Header *header_at(KernelScratch *scratch, size_t offset) {
  return (Header *)(scratch->base + offset);
}

void *halide_malloc(void *context, size_t bytes) {
  KernelContext *kernel = context;
  KernelScratch *scratch = kernel->scratch;
  size_t needed = (bytes + alignment - 1) / alignment * alignment + alignment;
  if (scratch->used + needed > scratch->size) {
    kernel->failed = 1;
    return 0;
  }
  Header *header = header_at(scratch, scratch->used);
  header->previous = scratch->top;
  header->isFree = 0;
  scratch->top = scratch->used;
  scratch->used += needed;
  return (uint8_t *)header + alignment;
}

/* Blocks come back in any order; the stack shrinks when its top is free. */
void halide_free(void *context, void *block) {
  KernelScratch *scratch = ((KernelContext *)context)->scratch;
  ((Header *)((uint8_t *)block - alignment))->isFree = 1;
  while (scratch->used > 0 && header_at(scratch, scratch->top)->isFree) {
    scratch->used = scratch->top;
    scratch->top = header_at(scratch, scratch->top)->previous;
  }
}

/* With several workers backward, dealt to them in turn: results must not depend on the order. */
int halide_do_par_for(void *context, int (*task)(void *, int, uint8_t *), int min, int size,
                      uint8_t *closure) {
  KernelContext *kernel = context;
  for (int i = 0; i < size; ++i) {
    int index = kernel->threads > 1 ? size - 1 - i : i;
    KernelContext own = *kernel;
    own.scratch = &kernel->workers[index % kernel->threads];
    int status = task(&own, min + index, closure);
    kernel->failed |= own.failed;
    if (status)
      return status;
  }
  return 0;
}
