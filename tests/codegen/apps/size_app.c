/* What a program of a network costs: compare its size with that of an empty one. */
#ifdef WITH_NETWORK
#include "toy.h"

static float x[32], sums[4], half[2];
static _Alignas(64) char workspace[4096];

int main(void) { return toy_run(x, sums, half, 1, 4, 8, workspace, sizeof workspace, NULL); }
#else
int main(void) { return 0; }
#endif
