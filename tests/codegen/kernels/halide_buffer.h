/* What a kernel's object expects, as Halide declares it: for kernels of the tests written in C. */
#include <stddef.h>
#include <stdint.h>

struct halide_dimension_t {
  int32_t min, extent, stride;
  uint32_t flags;
};

struct halide_type_t {
  uint8_t code, bits;
  uint16_t lanes;
};

typedef struct halide_buffer_t {
  uint64_t device;
  const void *device_interface;
  uint8_t *host;
  uint64_t flags;
  struct halide_type_t type;
  int32_t dimensions;
  struct halide_dimension_t *dim;
  void *padding;
} halide_buffer_t;

void *halide_malloc(void *context, size_t bytes);
void halide_free(void *context, void *pointer);
int halide_do_par_for(void *context, int (*task)(void *context, int index, uint8_t *closure),
                      int min, int size, uint8_t *closure);

/* Elements of a dense buffer of floats; -1 if it is anything else. */
static inline int64_t dense_floats(const halide_buffer_t *buffer) {
  int64_t count = 1;
  for (int d = 0; d < buffer->dimensions; d++) {
    if (buffer->dim[d].min != 0 || buffer->dim[d].flags != 0 || buffer->dim[d].stride != count)
      return -1;
    count *= buffer->dim[d].extent;
  }
  const int isFloat = buffer->type.code == 2 && buffer->type.bits == 32 && buffer->type.lanes == 1;
  return isFloat && buffer->device == 0 && buffer->flags == 0 ? count : -1;
}
