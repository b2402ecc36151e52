/* One network with its weights in the library and in a file, whose path is the argument. */
#include "cnnrt_io.h"
#include "inside.h"
#include "outside.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  static _Alignas(64) char workspace[4096];
  const float x[3] = {1, -2, 0.5f};
  float a[2] = {0, 0}, b[2] = {1, 1};
  const void *weights = NULL;
  size_t bytes = 0;
  int status = cnnrt_weights_map(argc > 1 ? argv[1] : NULL, &weights, &bytes);
  if (status == CNNRT_OK)
    status = outside_run(weights, x, a, 1, workspace, sizeof workspace, NULL);
  if (status == CNNRT_OK)
    status = inside_run(x, b, 1, workspace, sizeof workspace, NULL);
  cnnrt_weights_unmap(weights, bytes);
  if (status != CNNRT_OK) {
    printf("%s\n", cnnrt_status_string(status));
    return 1;
  }
  printf("%s numbers\n", memcmp(a, b, sizeof a) == 0 ? "the same" : "other");
  return 0;
}
