/* What a step of training checks and computes beside its kernels. */
#include "cnnrt_generated.h"

static int64_t labelAt(const void *labels, int type, int64_t index) {
  switch (type) {
  case CNNRT_I64:
    return ((const int64_t *)labels)[index];
  case CNNRT_I32:
    return ((const int32_t *)labels)[index];
  default:
    return ((const uint8_t *)labels)[index];
  }
}

int cnnrt_any_pointer(const void *const *pointers, int count) {
  for (int i = 0; pointers && i < count; i++)
    if (pointers[i])
      return 1;
  return 0;
}

int cnnrt_check_labels(const void *labels, int type, int64_t count, int64_t classes,
                       int64_t ignored, int has_ignored) {
  if (type != CNNRT_I64 && type != CNNRT_I32 && type != CNNRT_U8)
    return CNNRT_BAD_TARGET;
  for (int64_t i = 0; i < count; i++) {
    const int64_t label = labelAt(labels, type, i);
    if ((label < 0 || label >= classes) && !(has_ignored && label == ignored))
      return CNNRT_BAD_TARGET;
  }
  return CNNRT_OK;
}

/* Powers would lose what tells them from 1, so their distances from it are computed instead, with
 * rest(n) = 1 - beta^n:
 *
 *     rest(a + b) = rest(a) + rest(b) (1 - rest(a)),  rest(2 a) = rest(a) (2 - rest(a))
 *
 * Nothing cancels: all terms are positive. */
float cnnrt_bias_correction(double beta, uint64_t step) {
  double rest = 0, square = 1 - beta; /* of the bits seen so far, and of this bit's power of two */
  for (uint64_t left = (step & UINT32_MAX) + 1; left; left >>= 1) {
    if (left & 1) {
      const double more = square * (1 - rest);
      rest += more;
    }
    square *= 2 - square;
  }
  return (float)rest;
}

/* By their bits, so that no option of a compiler about floats matters. */
int cnnrt_check_finite(const float *values, int64_t count) {
  const uint32_t exponent = UINT32_C(0x7f800000);
  for (int64_t i = 0; i < count; i++) {
    const union {
      float value;
      uint32_t bits;
    } number = {values[i]};
    if ((number.bits & exponent) == exponent)
      return CNNRT_NOT_FINITE;
  }
  return CNNRT_OK;
}

int cnnrt_all_reduce(const cnnrt_context *context, float *values, int64_t count) {
  const cnnrt_exec *exec = context->exec;
  if (!exec || !CNNRT_HAS(exec, all_reduce_context) || !exec->all_reduce)
    return CNNRT_OK;
  return exec->all_reduce(exec->all_reduce_context, values, count) ? CNNRT_ALL_REDUCE_FAILED
                                                                   : CNNRT_OK;
}
