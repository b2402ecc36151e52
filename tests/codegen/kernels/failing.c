/* Fails as Halide's kernels do, by a negative number. */
#include "halide_buffer.h"

int cnnrt_kernel(void *context, halide_buffer_t *in, halide_buffer_t *out) {
  (void)context, (void)in, (void)out;
  return -1;
}
