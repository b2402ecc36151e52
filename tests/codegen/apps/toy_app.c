/* A program that uses two networks through their headers: numbers, sizes and every status. Prints
 * what is wrong and returns how much it was. */
#include "fixed.h"
#include "toy.h"

#include <stdio.h>
#include <string.h>

enum { MOST = 1 << 20 };
static _Alignas(64) char workspace[MOST];
static float x[4096], sums[4096], half[4096];
static int wrong;

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      printf("line %d: %s\n", __LINE__, #condition);                                               \
      wrong++;                                                                                     \
    }                                                                                              \
  } while (0)

static void fillInput(int64_t count) {
  for (int64_t i = 0; i < count; i++)
    x[i] = (float)(i * 7 % 31) / 4;
}

static void checkOutputs(int64_t n, int64_t h, int64_t w) {
  for (int64_t row = 0; row < n * h; row++) {
    float sum = 0;
    for (int64_t i = 0; i < w; i++)
      sum += x[row * w + i] * 3 + 0.5f;
    CHECK(sums[row] == sum);
    if (row % h % 2 == 0)
      CHECK(half[row / h * ((h + 1) / 2) + row % h / 2] == sum);
  }
}

static void runAtSize(int64_t n, int64_t h, int64_t w, const cnnrt_exec *exec) {
  const size_t bytes = toy_workspace_bytes(n, h, w, exec ? exec->threads : 1);
  CHECK(bytes >= 64 && bytes < MOST);
  CHECK(toy_x_elements(n, h, w) == n * h * w && toy_half_elements(n, h, w) == n * ((h + 1) / 2));
  memset(workspace + bytes, 77, 64);
  fillInput(n * h * w);
  CHECK(toy_run(x, sums, half, n, h, w, workspace, bytes, exec) == CNNRT_OK);
  checkOutputs(n, h, w);
  for (int i = 0; i < 64; i++)
    CHECK(workspace[bytes + (size_t)i] == 77);
}

/* Runs the tasks backwards, with the last worker. */
static int backwards(void *pool, int n, cnnrt_task task, void *argument) {
  ++*(int *)pool;
  for (int i = n - 1; i >= 0; i--) {
    const int status = task(argument, i, 2);
    if (status)
      return status;
  }
  return 0;
}

static int events;
static void profile(void *context, const char *kernel, int event) {
  static const char *const names[] = {"scale", "sum", "second"};
  CHECK(context == &events && event == events % 2 && strcmp(kernel, names[events / 2]) == 0);
  events++;
}

static void runInThreads(void) {
  int loops = 0;
  cnnrt_exec exec = {.struct_size = sizeof exec};
  exec.threads = 3;
  exec.pool = &loops;
  exec.parallel_for = backwards;
  exec.profile = profile;
  exec.profile_context = &events;
  runAtSize(2, 5, 12, &exec);
  CHECK(loops == 2 && events == 6);
  cnnrt_exec *pool = cnnrt_pool_create(2);
  runAtSize(3, 17, 20, pool);
  cnnrt_pool_destroy(pool);
}

static void checkStatuses(void) {
  const size_t bytes = toy_workspace_bytes(1, 4, 8, 1);
  cnnrt_exec exec = {.struct_size = sizeof exec};
  exec.threads = 0;
  CHECK(toy_run(NULL, sums, half, 1, 4, 8, workspace, bytes, NULL) == CNNRT_NULL_POINTER);
  CHECK(toy_run(x, sums, NULL, 1, 4, 8, workspace, bytes, NULL) == CNNRT_NULL_POINTER);
  CHECK(toy_run(x, sums, half, 1, 4, 8, NULL, bytes, NULL) == CNNRT_NULL_POINTER);
  CHECK(toy_run(x, sums, half, 1, 0, 8, workspace, bytes, NULL) == CNNRT_BAD_SIZE);
  CHECK(toy_run(x, sums, half, -1, 4, 8, workspace, bytes, NULL) == CNNRT_BAD_SIZE);
  CHECK(toy_run(x, sums, half, INT64_MAX, 4, 8, workspace, bytes, NULL) == CNNRT_BAD_SIZE);
  CHECK(toy_run(x, sums, half, 1, 4, 9, workspace, bytes, NULL) == CNNRT_UNSUPPORTED_SIZE);
  CHECK(toy_run(x, sums, half, 1 << 20, 1 << 6, 1 << 5, workspace, bytes, NULL) == CNNRT_TOO_LARGE);
  CHECK(toy_run(x, sums, half, 2147483644, 2147483644, 2147483644, workspace, bytes, NULL) ==
        CNNRT_TOO_LARGE);
  CHECK(toy_run(x, sums, half, 1, 4, 8, workspace, bytes - 1, NULL) == CNNRT_WORKSPACE_TOO_SMALL);
  CHECK(toy_run(x, sums, half, 1, 4, 8, workspace + 32, bytes, NULL) == CNNRT_WORKSPACE_MISALIGNED);
  CHECK(toy_run(x, sums, half, 1, 4, 8, workspace, bytes, &exec) == CNNRT_BAD_THREADS);
  exec.threads = 2;
  CHECK(toy_run(x, sums, half, 1, 4, 8, workspace, bytes, &exec) == CNNRT_BAD_EXEC);
  exec.struct_size = 0;
  CHECK(toy_run(x, sums, half, 1, 4, 8, workspace, bytes, &exec) == CNNRT_BAD_EXEC);
  CHECK(toy_workspace_bytes(1, 4, 9, 1) == 0 && toy_workspace_bytes(0, 4, 8, 1) == 0);
  CHECK(toy_workspace_bytes(1, 4, 8, 0) == 0 && toy_workspace_bytes(1 << 20, 64, 32, 1) == 0);
  CHECK(toy_workspace_bytes(1, 4, 8, 2) - bytes == 64 + 64); /* One more row and its header. */
}

static void checkDescriptor(void) {
  const cnnrt_network *toy = toy_network();
  const int64_t sizes[] = {2, 5, 8}, odd[] = {2, 5, 7};
  const void *const inputs[] = {x};
  void *const outputs[] = {sums, half};
  char message[100];
  CHECK(toy->struct_size == sizeof *toy && toy->abi_version == CNNRT_ABI_VERSION);
  CHECK(strcmp(toy->name, "toy") == 0 && cnnrt_check_network(toy) == CNNRT_OK);
  CHECK(toy->num_inputs == 1 && toy->num_outputs == 2 && toy->num_sizes == 3);
  CHECK(strcmp(toy->inputs[0].name, "x") == 0 && toy->inputs[0].type == CNNRT_F32);
  CHECK(toy->inputs[0].rank == 4 && toy->inputs[0].dims[0] == -1 && toy->inputs[0].dims[1] == 1);
  CHECK(toy->inputs[0].dim_expression[3] == 2 && toy->inputs[0].dim_expression[1] == -1);
  CHECK(cnnrt_dim(toy, &toy->outputs[1], 1, sizes) == 3);
  CHECK(cnnrt_tensor_bytes(toy, &toy->outputs[1], sizes) == 2 * 3 * sizeof(float));
  CHECK(strcmp(toy->expression_texts[2], "W") == 0);
  CHECK(strcmp(toy->expression_texts[toy->outputs[1].dim_expression[1]], "(H+1)/2") == 0);
  CHECK(toy->expression_value(1, sizes) == 5 && toy->expression_value(99, sizes) == 0);
  CHECK(toy->typical_sizes[1] == 16);
  CHECK(toy->check_sizes(odd, message, sizeof message) == CNNRT_UNSUPPORTED_SIZE);
  CHECK(strcmp(message, "W is 7, it must be a multiple of 4") == 0);
  CHECK(strcmp(toy->status_string(CNNRT_OK), cnnrt_status_string(CNNRT_OK)) == 0);
  const size_t bytes = toy->workspace_bytes(sizes, 1);
  CHECK(bytes == toy_workspace_bytes(2, 5, 8, 1));
  fillInput(2 * 5 * 8);
  CHECK(toy->run(inputs, outputs, sizes, workspace, bytes, NULL) == CNNRT_OK);
  checkOutputs(2, 5, 8);
  CHECK(toy->run(inputs, outputs, NULL, workspace, bytes, NULL) == CNNRT_NULL_POINTER);
}

static void checkFixed(void) {
  static float input[FIXED_X_ELEMENTS], y[FIXED_SUMS_ELEMENTS], z[FIXED_HALF_ELEMENTS];
  static _Alignas(64) char memory[FIXED_WORKSPACE_BYTES(1)];
  const size_t bytes = fixed_workspace_bytes(1);
  CHECK(bytes <= sizeof memory && bytes == FIXED_WORKSPACE_BYTES(1));
  fillInput(FIXED_X_ELEMENTS);
  memcpy(input, x, sizeof input);
  CHECK(fixed_run(input, y, z, memory, sizeof memory, NULL) == CNNRT_OK);
  memcpy(sums, y, sizeof y);
  memcpy(half, z, sizeof z);
  checkOutputs(2, 5, 8);
  CHECK(fixed_network()->num_sizes == 0);
}

int main(void) {
  runAtSize(1, 1, 4, NULL);
  runAtSize(2, 5, 8, NULL);
  runAtSize(1, 12, 64, NULL);
  runInThreads();
  checkStatuses();
  checkDescriptor();
  checkFixed();
  return wrong;
}
