"""check_lines.py CNNC MODEL FOLDER: a stripped C program with the library `lines` and one without.

Checks that the network adds less than 40 kB, that running it calls no allocation function, and that the
library needs nothing but the runtime, memcpy and memset.
"""
import subprocess
import sys
from pathlib import Path

LIMIT = 40 * 1000

EMPTY = "int main(void) { return 0; }\n"

USER = """
#include "lines.h"
int main(void) {
  static float image[64 * 64], probabilities[2];
  static _Alignas(64) char workspace[1 << 20];
  if (lines_workspace_bytes(1, 64, 64, 1) > sizeof workspace)
    return 2;
  return lines_run(image, probabilities, 1, 64, 64, workspace, sizeof workspace, 0);
}
"""

# Allocation functions that fail loudly: linked before libc's.
NO_HEAP = """
#include <stddef.h>
#include <unistd.h>
static void *refuse(void) { _exit(42); }
void *malloc(size_t n) { (void)n; return refuse(); }
void *calloc(size_t n, size_t m) { (void)n, (void)m; return refuse(); }
void *realloc(void *p, size_t n) { (void)p, (void)n; return refuse(); }
void *aligned_alloc(size_t a, size_t n) { (void)a, (void)n; return refuse(); }
int posix_memalign(void **p, size_t a, size_t n) { (void)p, (void)a, (void)n; refuse(); return 1; }
"""


def run(*command):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True).stdout


def build(folder, name, source, *files):
    (folder / f"{name}.c").write_text(source)
    run("cc", "-O2", "-Wall", "-Wextra", "-Werror", folder / f"{name}.c", "-I", folder, *files, "-o", folder / name)
    run("strip", folder / name)
    return (folder / name).stat().st_size


def main():
    cnnc, model, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    run(cnnc, "compile", model, "-o", folder, "--quiet")
    libraries = [folder / "liblines.a", folder / "libcnnrt.a"]
    added = build(folder, "user", USER, *libraries) - build(folder, "empty", EMPTY)
    print(f"result: lines_adds {added} bytes")
    run(folder / "user")
    (folder / "no_heap.c").write_text(NO_HEAP)
    run("cc", "-c", folder / "no_heap.c", "-o", folder / "no_heap.o")
    build(folder, "without_heap", USER, folder / "no_heap.o", *libraries)
    status = subprocess.run([folder / "without_heap"]).returncode
    print("result: lines_allocates", "yes" if status == 42 else "no", "call")
    undefined = {line.split()[-1] for line in run("nm", "-u", libraries[0]).splitlines() if " U " in line}
    foreign = {symbol for symbol in undefined
               if not symbol.startswith(("cnnrt_", "lines_")) and symbol not in ("memcpy", "memset")}
    if foreign:
        sys.exit(f"the library needs {', '.join(sorted(foreign))}")
    if status != 0:
        sys.exit(f"without a heap the program ended with {status}")
    if added >= LIMIT:
        sys.exit(f"the network adds {added} bytes, more than {LIMIT}")


if __name__ == "__main__":
    main()
