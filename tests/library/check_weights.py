"""check_weights.py CNNC MODEL FOLDER: one network compiled with its weights inside and in a file.

A C program runs both on the same images of several sizes and compares their outputs, bit by bit, with the
heap taken away. Of the library whose weights are outside, nothing but the runtime, memcpy and memset may be
undefined.
"""
import shutil
import subprocess
import sys
from pathlib import Path

from check_lines import NO_HEAP

USER = """
#include "cnnrt_io.h"
#include "inside.h"
#include "outside.h"
#include <string.h>

enum { N = 2, MOST = 64 };
static uint8_t image[N * MOST * MOST * 3];
static float inside[N * 5], outside[N * 5];
static _Alignas(64) char workspace[1 << 22];

static int differ(const void *weights, int64_t h, int64_t w) {
  if (outside_workspace_bytes(N, h, w, 1) > sizeof workspace)
    return 1;
  memset(outside, 0, sizeof outside);
  return inside_run(image, inside, N, h, w, workspace, sizeof workspace, 0) ||
         outside_run(weights, image, outside, N, h, w, workspace, sizeof workspace, 0) ||
         memcmp(inside, outside, sizeof inside);
}

int main(int argc, char **argv) {
  const void *weights;
  size_t bytes;
  if (argc != 2 || cnnrt_weights_map(argv[1], &weights, &bytes) != CNNRT_OK || bytes != OUTSIDE_WEIGHTS_BYTES)
    return 2;
  unsigned random = 1;
  for (size_t i = 0; i < sizeof image; i++)
    image[i] = (uint8_t)((random = random * 1664525u + 1013904223u) >> 24);
  const int different = differ(weights, 64, 64) || differ(weights, 31, 45) || differ(weights, 7, 9);
  cnnrt_weights_unmap(weights, bytes);
  return different;
}
"""


def run(*command):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True).stdout


def main():
    cnnc, model, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    run(cnnc, "compile", model, "-o", folder, "--name", "inside", "--quiet")
    run(cnnc, "compile", model, "-o", folder, "--name", "outside", "--embed-weights=no", "--quiet")
    (folder / "user.c").write_text(USER)
    (folder / "no_heap.c").write_text(NO_HEAP)
    libraries = [folder / "libinside.a", folder / "liboutside.a", folder / "libcnnrt.a"]
    run("cc", "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", folder / "user.c", folder / "no_heap.c", "-I", folder,
        *libraries, "-o", folder / "user")
    status = subprocess.run([folder / "user", folder / "outside.weights"]).returncode
    if status != 0:
        sys.exit(f"the program ended with {status}")
    undefined = {line.split()[-1] for line in run("nm", "-u", libraries[1]).splitlines() if " U " in line}
    foreign = {symbol for symbol in undefined
               if not symbol.startswith(("cnnrt_", "outside_")) and symbol not in ("memcpy", "memset")}
    if foreign:
        sys.exit(f"the library needs {', '.join(sorted(foreign))}")
    saved = libraries[0].stat().st_size - libraries[1].stat().st_size
    if saved < (folder / "outside.weights").stat().st_size * 0.9:
        sys.exit(f"the library is only {saved} bytes smaller without its weights")


if __name__ == "__main__":
    main()
