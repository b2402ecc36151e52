#include "cnnrt.h"
#include "summing.h"

#include <stdio.h>

int main(void) {
  static _Alignas(64) char workspace[4096];
  const float x[4] = {1, 2, 3, 4};
  float y[1] = {0};
  int status = summing_run(x, y, workspace, sizeof workspace, NULL);
  if (status != CNNRT_OK || summing_workspace_bytes(1) > sizeof workspace) {
    printf("%s\n", cnnrt_status_string(status));
    return 1;
  }
  printf("the sum is %g\n", (double)y[0]);
  return 0;
}
