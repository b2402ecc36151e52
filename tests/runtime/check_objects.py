"""Compiles the runtime by itself and checks what its objects contain.

    check_objects.py SOURCE_FOLDER C_COMPILER

All but the pool: undefined are only memcpy, memset and the runtime's own functions, and in the parts
for files those of POSIX; no writable data. All together: under 32 kB. With clang, the undefined symbols for other CPUs, too, freestanding
(not the data: old clangs put RISC-V's constants among the writable).
"""
import os
import shutil
import subprocess
import sys
import tempfile

CORE = ["cnnrt", "cnnrt_cpu", "cnnrt_initialize", "cnnrt_safetensors", "cnnrt_sizes", "cnnrt_status", "cnnrt_training"]
ALLOWED = {"memcpy", "memset"}
FILES = {"open", "open64", "close", "fstat", "fstat64", "__fxstat", "__fxstat64", "mmap", "mmap64", "munmap", "memcmp",
         "__errno_location", "write", "fsync", "rename", "unlink", "getpid", "strlen"}
FILE_PARTS = ["cnnrt_io", "cnnrt_checkpoint"]
LIMIT = 32 * 1024


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def compile(compiler, source, target, flags):
    command = [compiler, "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-fno-stack-protector"]
    include = os.path.join(os.path.dirname(source), "include")
    subprocess.run(command + flags + ["-I", include, "-c", source, "-o", target], check=True)


def undefined(nm, path):
    return {line.split()[-1] for line in output(nm, "-u", path).splitlines() if " U " in line}


def sizes(size, path):
    """Bytes of code and read-only data, and of writable data."""
    text, data, bss = output(size, path).splitlines()[1].split()[:3]
    return int(text), int(data) + int(bss)


def check(compiler, sources, names, nm, size, flags):
    errors, total = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            path = os.path.join(folder, name + ".o")
            compile(compiler, os.path.join(sources, name + ".c"), path, flags)
            text, writable = sizes(size, path)
            total += text
            if writable and not flags:
                errors.append(f"{name} has {writable} bytes of writable data, it must have none")
            extra = {u for u in undefined(nm, path) - ALLOWED if not u.startswith("cnnrt_")}
            if name in FILE_PARTS:
                extra -= FILES
            if extra and name != "cnnrt_pool":
                errors.append(f"{name} leaves undefined: {extra}")
    if total >= LIMIT:
        errors.append(f"the runtime has {total} bytes, it must be under {LIMIT}")
    print(f"{compiler} {' '.join(flags)}: {', '.join(names)}: {total} bytes")
    return errors


def main(sources, compiler):
    errors = check(compiler, sources, CORE + FILE_PARTS + ["cnnrt_pool"], "nm", "size", [])
    clang = shutil.which("clang") or shutil.which("clang-22")
    nm, size = (shutil.which(t) or shutil.which(t + "-22") for t in ("llvm-nm", "llvm-size"))
    for target in ["aarch64-linux-gnu", "riscv64-linux-gnu"]:
        if not (clang and nm and size):
            print(f"SKIPPED: {target}: no clang with llvm-nm and llvm-size")
            continue
        errors += check(clang, sources, CORE, nm, size, [f"--target={target}", "-ffreestanding"])
    print("\n".join(errors))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
