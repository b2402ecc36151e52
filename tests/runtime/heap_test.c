/* Counts the calls of the heap: creating a pool makes one, running a network, mapping its weights,
 * initialising its parameters, or saving and loading them none. The linker sends all calls of these
 * functions in the archive to the counters here (--wrap).
 */
#include "HandWrittenNetwork.h"
#include "cnnrt_generated.h"
#include "cnnrt_io.h"

#include <stdio.h>
#include <stdlib.h>

static int calls;

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *pointer, size_t bytes);
void *__real_aligned_alloc(size_t alignment, size_t bytes);
void __real_free(void *pointer);

void *__wrap_malloc(size_t bytes) {
  calls++;
  return __real_malloc(bytes);
}
void *__wrap_calloc(size_t count, size_t bytes) {
  calls++;
  return __real_calloc(count, bytes);
}
void *__wrap_realloc(void *pointer, size_t bytes) {
  calls++;
  return __real_realloc(pointer, bytes);
}
void *__wrap_aligned_alloc(size_t alignment, size_t bytes) {
  calls++;
  return __real_aligned_alloc(alignment, bytes);
}
void __wrap_free(void *pointer) {
  calls++;
  __real_free(pointer);
}

static int expectCalls(const char *when, int expected) {
  const int counted = calls;
  calls = 0;
  printf("%s: %d heap calls, expected %d\n", when, counted, expected);
  return counted != expected;
}

/* Maps this program, which is no file of weights, and a file that is one. */
static int mapFiles(const char *program) {
  const char *path = "runtime_heap_test.weights";
  const cnnrt_weights_header header = {CNNRT_WEIGHTS_MAGIC, CNNRT_WEIGHTS_VERSION, 0, 64, {0}, {0}};
  FILE *file = fopen(path, "wb");
  if (!file)
    return 1;
  int failures = fwrite(&header, sizeof header, 1, file) != 1;
  failures += fclose(file) != 0;
  calls = 0; /* Those of the lines above. */

  const void *weights;
  size_t bytes;
  failures += cnnrt_weights_map(program, &weights, &bytes) != CNNRT_BAD_WEIGHTS_FILE;
  failures += cnnrt_weights_map(path, &weights, &bytes) != CNNRT_OK;
  cnnrt_weights_unmap(weights, bytes);
  failures += expectCalls("mapping weights", 0);
  return failures + (remove(path) != 0);
}

/* Parameters from their first numbers to a checkpoint and back. */
static int saveAndLoad(void) {
  enum { FLOATS = 6000 };
  static float parameters[FLOATS], loaded[FLOATS];
  const char *path = "runtime_heap_test.safetensors";
  const int64_t dims[] = {60, 100};
  const cnnrt_tensor tensor = {"weight", CNNRT_F32, 2, dims, NULL, 0};
  const cnnrt_initializer row = {"weight", CNNRT_INIT_ORTHOGONAL, 0, 1, 0, FLOATS, 60, NULL};
  cnnrt_network network = *shrink_network();
  network.parameters = &tensor;
  network.num_parameters = 1;
  network.parameter_floats = FLOATS;

  uint64_t step = 0;
  cnnrt_initialize(parameters, FLOATS, &row, 1, 0);
  int failures = cnnrt_checkpoint_save(path, &network, parameters, NULL, 7) != CNNRT_OK;
  failures += cnnrt_checkpoint_load(path, &network, loaded, NULL, &step) != CNNRT_OK;
  failures += step != 7 || loaded[FLOATS - 1] != parameters[FLOATS - 1];
  failures += expectCalls("saving and loading", 0);
  return failures + (remove(path) != 0);
}

int main(int argc, char **argv) {
  enum { H = 31, W = 40, THREADS = 3 };
  static float x[H * W], y[H * W / 4];
  static _Alignas(64) char workspace[1 << 16];

  cnnrt_exec *pool = cnnrt_pool_create(THREADS);
  int failures = expectCalls("creating a pool", 1);
  if (!pool || shrink_workspace_bytes(H, W, THREADS) > sizeof workspace)
    return 1;
  for (int repetition = 0; repetition < 100; repetition++) {
    failures += shrink_run(x, y, H, W, workspace, sizeof workspace, pool) != CNNRT_OK;
    failures += shrink_run(x, y, H, W, workspace, sizeof workspace, NULL) != CNNRT_OK;
  }
  failures += expectCalls("200 calls of a network", 0);
  cnnrt_pool_destroy(pool);
  failures += expectCalls("destroying the pool", 1);
  failures += argc < 1 || mapFiles(argv[0]);
  failures += saveAndLoad();
  return failures != 0;
}
