/* A program that uses one network twice: toy, with its weights inside, and outside, with them in a
 * file. Argument: the folder of outside.weights, other.weights (of another network) and
 * cut.weights. Prints what is wrong and returns how much it was. */
#include "cnnrt_io.h"
#include "outside.h"
#include "toy.h"

#include <stdio.h>
#include <string.h>

static _Alignas(64) char workspace[1 << 18];
static float x[4096], sums[4096], half[4096], sums_inside[4096], half_inside[4096];
static int wrong;

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      printf("line %d: %s\n", __LINE__, #condition);                                               \
      wrong++;                                                                                     \
    }                                                                                              \
  } while (0)

static const void *map(const char *folder, const char *name, int expected) {
  char path[4096];
  const void *weights;
  size_t bytes;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  CHECK(cnnrt_weights_map(path, &weights, &bytes) == expected);
  CHECK(bytes == (expected == CNNRT_OK ? OUTSIDE_WEIGHTS_BYTES : 0));
  return weights;
}

static void compareAtSize(const void *weights, int64_t n, int64_t h, int64_t w,
                          const cnnrt_exec *exec) {
  const size_t bytes = outside_workspace_bytes(n, h, w, exec ? exec->threads : 1);
  CHECK(bytes > 0 && bytes <= sizeof workspace);
  memset(sums, 1, sizeof sums);
  memset(half, 1, sizeof half);
  CHECK(toy_run(x, sums_inside, half_inside, n, h, w, workspace, bytes, exec) == CNNRT_OK);
  CHECK(outside_run(weights, x, sums, half, n, h, w, workspace, bytes, exec) == CNNRT_OK);
  CHECK(memcmp(sums, sums_inside, (size_t)toy_sums_elements(n, h, w) * sizeof *sums) == 0);
  CHECK(memcmp(half, half_inside, (size_t)toy_half_elements(n, h, w) * sizeof *half) == 0);
}

static void compare(const void *weights) {
  cnnrt_exec *pool = cnnrt_pool_create(3);
  compareAtSize(weights, 1, 1, 4, NULL);
  compareAtSize(weights, 2, 5, 8, NULL);
  compareAtSize(weights, 3, 16, 20, pool);
  cnnrt_pool_destroy(pool);
}

static int statusWith(const void *weights) {
  sums[0] = -1;
  const int status =
      outside_run(weights, x, sums, half, 1, 4, 8, workspace, sizeof workspace, NULL);
  CHECK((status == CNNRT_OK) == (sums[0] != -1)); /* Refused before anything is written. */
  return status;
}

static void checkStatuses(const void *weights, const void *other) {
  static _Alignas(64) char copy[64 + OUTSIDE_WEIGHTS_BYTES];
  CHECK(statusWith(NULL) == CNNRT_NULL_POINTER);
  CHECK(statusWith(other) == CNNRT_BAD_WEIGHTS);
  memcpy(copy + 32, weights, OUTSIDE_WEIGHTS_BYTES);
  CHECK(statusWith(copy + 32) == CNNRT_WEIGHTS_MISALIGNED);
  memcpy(copy, weights, OUTSIDE_WEIGHTS_BYTES);
  CHECK(statusWith(copy) == CNNRT_OK);
  for (int i = 0; i < 64; i++) {
    copy[i] ^= 1;
    CHECK(statusWith(copy) == CNNRT_BAD_WEIGHTS);
    copy[i] ^= 1;
  }
  /* The weights are what is wrong first. */
  CHECK(outside_run(NULL, NULL, NULL, NULL, 0, 0, 0, NULL, 0, NULL) == CNNRT_NULL_POINTER);
  CHECK(outside_run(other, NULL, NULL, NULL, 0, 0, 0, NULL, 0, NULL) == CNNRT_BAD_WEIGHTS);
  CHECK(outside_run(weights, NULL, sums, half, 1, 4, 8, workspace, sizeof workspace, NULL) ==
        CNNRT_NULL_POINTER);
}

static void checkDescriptors(const void *weights) {
  const cnnrt_network *inside = toy_network(), *outside = outside_network();
  const int64_t sizes[] = {1, 4, 8};
  const void *const inputs[] = {x};
  void *const outputs[] = {sums, half};
  CHECK(inside->run && !inside->run_with_weights);
  CHECK(inside->weight_bytes == 0 && !inside->weights_header);
  CHECK(outside->struct_size == sizeof *outside && cnnrt_check_network(outside) == CNNRT_OK);
  CHECK(!outside->run && !outside->run_with_parameters);
  CHECK(outside->weight_bytes == OUTSIDE_WEIGHTS_BYTES);
  CHECK(memcmp(outside->weights_header, weights, sizeof *outside->weights_header) == 0);
  CHECK(inside->run(inputs, outputs, sizes, workspace, sizeof workspace, NULL) == CNNRT_OK);
  memcpy(sums_inside, sums, sizeof sums);
  memset(sums, 1, sizeof sums);
  CHECK(outside->run_with_weights(weights, inputs, outputs, sizes, workspace, sizeof workspace,
                                  NULL) == CNNRT_OK);
  CHECK(memcmp(sums, sums_inside, 4 * sizeof *sums) == 0);
  CHECK(outside->run_with_weights(NULL, inputs, outputs, sizes, workspace, sizeof workspace,
                                  NULL) == CNNRT_NULL_POINTER);
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 1;
  for (int i = 0; i < 4096; i++)
    x[i] = (float)(i * 7 % 31) / 4;
  const void *weights = map(argv[1], "outside.weights", CNNRT_OK);
  const void *other = map(argv[1], "other.weights", CNNRT_OK);
  map(argv[1], "cut.weights", CNNRT_BAD_WEIGHTS_FILE);
  map(argv[1], "missing.weights", CNNRT_UNREADABLE_FILE);
  compare(weights);
  checkStatuses(weights, other);
  checkDescriptors(weights);
  cnnrt_weights_unmap(weights, OUTSIDE_WEIGHTS_BYTES);
  cnnrt_weights_unmap(other, OUTSIDE_WEIGHTS_BYTES);
  return wrong;
}
