"""cnnc itself: the library that it compiles, called as a C program would call it."""
import subprocess
import tempfile
from pathlib import Path

import numpy as np

import engine
from cnnc_network import CNNC, CnncNetwork, CompileError, compile_model


class Engine(engine.Engine):
    @classmethod
    def version(cls):
        if not CNNC.exists():
            raise engine.CannotRun(f"{CNNC} is not there: ./dev build cnnc")
        return subprocess.run([CNNC, "--version"], check=True, capture_output=True, text=True).stdout.strip()

    def source(self):
        """What is compiled: a file, and options for it."""
        return self.case.source, self.case.source_options

    @property
    def folder(self):
        return Path(self.case.folder) / type(self).__module__

    def prepare(self):
        source, options = self.source()
        target = ["--target", "x86-64-avx2"] if self.case.isa == "avx2" else []
        try:
            with tempfile.TemporaryDirectory() as empty_cache:
                seconds, peak = compile_model(source, self.folder, "--name", self.case.network, *options, *target,
                                              cache=empty_cache)
        except CompileError as error:
            raise engine.CannotRun(str(error)) from error
        return {"compile_seconds": seconds, "compile_bytes": peak,
                "library_bytes": engine.file_bytes(self.folder / f"lib{self.case.network}.so")}

    def load(self, image):
        return self.load_shaped(image, self.output_shape())

    def load_shaped(self, image, output_shape):
        network = CnncNetwork(self.folder, self.case.network, self.case.threads)
        batch, _, height, width = self.case.shape
        run, outputs = network.prepare([image], [output_shape], [batch, height, width])

        def run_network():
            run()
            return outputs[0]

        return run_network, {"workspace_bytes": run.workspace_bytes}

    def output_shape(self):
        """As the reference gave it: the library itself is only handed pointers."""
        return np.load(self.case.output_of(engine.REFERENCE), mmap_mode="r").shape
