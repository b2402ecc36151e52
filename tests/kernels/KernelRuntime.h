/* The few functions that a kernel needs from its surroundings, strict where the real runtime is
 * fast: it hands out exactly the scratch that the compiler stated and reports any overrun. */
#ifndef CNNC_TESTS_KERNEL_RUNTIME_H
#define CNNC_TESTS_KERNEL_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

/* A stack of blocks in `base[0, size)`. */
typedef struct {
  uint8_t *base;
  size_t size, used, top; /* `top`: where the last block's header begins. */
} KernelScratch;

/* What a kernel gets as its user context. */
typedef struct KernelContext {
  KernelScratch *scratch; /* Where malloc takes from: the shared one, or a worker's. */
  KernelScratch *workers; /* `threads` of them. */
  int threads;
  int failed; /* Set when the scratch was too small. */
} KernelContext;

#endif
