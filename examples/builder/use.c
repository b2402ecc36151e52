/* Uses the library that `builder` wrote: one picture of a vertical and one of a horizontal line. */
#include "lines.h"

#include <stdio.h>

enum { side = 32 };

int main(void) {
  static _Alignas(64) char workspace[1 << 18];
  int right = 0;
  for (int horizontal = 0; horizontal < 2; ++horizontal) {
    float picture[side * side] = {0}, probabilities[2];
    for (int i = 4; i < side - 4; ++i)
      picture[horizontal ? side / 2 * side + i : i * side + side / 2] = 1;
    int status =
        lines_run(picture, probabilities, 1, side, side, workspace, sizeof workspace, NULL);
    if (status != CNNRT_OK) {
      printf("%s\n", cnnrt_status_string(status));
      return 1;
    }
    printf("drawn %s: vertical %.4f, horizontal %.4f\n", horizontal ? "horizontal" : "vertical",
           (double)probabilities[0], (double)probabilities[1]);
    right += probabilities[horizontal] > 0.9f;
  }
  printf("result: builder_right %d of 2\n", right);
  return right == 2 ? 0 : 1;
}
