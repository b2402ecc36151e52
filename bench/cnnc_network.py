"""A compiled network as a Python object: compiles a model with cnnc and calls it through ctypes.

For benchmarks and tests. cnnc --shared links the archive that a C program would link, whole.
"""
import ctypes
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
CNNC = Path(os.environ.get("CNNC", ROOT / "build/bin/cnnc"))


class Exec(ctypes.Structure):
    """cnnrt_exec of cnnrt.h."""
    _fields_ = [("struct_size", ctypes.c_size_t), ("pool", ctypes.c_void_p), ("threads", ctypes.c_int),
                ("parallel_for", ctypes.c_void_p), ("profile", ctypes.c_void_p),
                ("profile_context", ctypes.c_void_p), ("cpu_features", ctypes.c_uint64),
                ("all_reduce", ctypes.c_void_p), ("all_reduce_context", ctypes.c_void_p)]


class CompileError(RuntimeError):
    """cnnc refused a model; the text is what it said."""


def compile_model(model, folder, *options, cache=None, kind=("--shared",)):
    """Runs cnnc compile; returns the seconds that it took and its peak of memory in bytes."""
    environment = dict(os.environ)
    if cache:
        environment["CNNC_CACHE"] = str(cache)
    command = [str(part) for part in (CNNC, "compile", model, "-o", folder, "--quiet", *kind, *options)]
    with tempfile.TemporaryFile("w+") as messages:
        begin = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stderr=messages)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            messages.seek(0)
            raise CompileError(messages.read().strip() or f"{command[0]} ended with {process.returncode}")
    return seconds, usage.ru_maxrss * 1024


def lend_threads(library, threads):
    """A pointer to a cnnrt_exec with so many threads, for calls of this library."""
    if threads > 1:
        library.cnnrt_pool_create.restype = ctypes.POINTER(Exec)
        return library.cnnrt_pool_create(threads)
    library.cnnrt_cpu_features.restype = ctypes.c_uint64
    return ctypes.pointer(Exec(struct_size=ctypes.sizeof(Exec), threads=1, cpu_features=library.cnnrt_cpu_features()))


class CnncNetwork:
    """The network `name` that cnnc wrote to `folder`: one f32 input, f32 outputs of given shapes."""

    def __init__(self, folder, name, threads=1):
        folder = Path(folder)
        self.library = ctypes.CDLL(str((folder / f"lib{name}.so").resolve()))
        self.run_function = getattr(self.library, f"{name}_run")
        self.workspace_function = getattr(self.library, f"{name}_workspace_bytes")
        self.workspace_function.restype = ctypes.c_size_t
        header = (folder / f"{name}.h").read_text()
        signature = re.search(rf"size_t {name}_workspace_bytes\(([^)]*)\)", header).group(1)
        self.num_sizes = signature.count("int64_t")
        self.threads = threads
        self.library.cnnrt_status_string.restype = ctypes.c_char_p
        self.exec = lend_threads(self.library, threads)

    def prepare(self, inputs, output_shapes, sizes=()):
        """A function of no arguments that runs the network on these arrays, and its output arrays."""
        sizes = list(sizes)[:self.num_sizes]
        outputs = [np.full(shape, np.nan, np.float32) for shape in output_shapes]
        sized = [ctypes.c_int64(size) for size in sizes]
        workspace_bytes = self.workspace_function(*sized, ctypes.c_int(self.threads))
        if workspace_bytes == 0:
            raise ValueError(f"the network does not take the sizes {sizes}")
        memory = np.empty(workspace_bytes + 64, np.uint8)
        workspace = memory.ctypes.data + -memory.ctypes.data % 64
        pointers = [ctypes.c_void_p(array.ctypes.data) for array in [*inputs, *outputs]]
        arguments = [*pointers, *sized, ctypes.c_void_p(workspace), ctypes.c_size_t(workspace_bytes), self.exec]
        keep = (inputs, outputs, memory)

        def run(_keep=keep):
            status = self.run_function(*arguments)
            if status != 0:
                raise RuntimeError(self.library.cnnrt_status_string(status).decode())

        run.workspace_bytes = workspace_bytes
        return run, outputs
