"""ncnn, with its network as its own converter pnnx makes it of the ONNX file."""
import importlib.util
import subprocess
from pathlib import Path

import engine


class Engine(engine.Engine):
    wheel = "ncnn"
    follows_isa = False

    @property
    def files(self):
        """What it loads: the layers and their weights. A batch is known at run time only."""
        return [Path(self.case.folder) / f"{self.case.network}.ncnn.{part}" for part in ("param", "bin")]

    def prepare(self):
        # The wheel of pnnx wants torch, but its program, which converts ONNX too, does not.
        wheel = importlib.util.find_spec("pnnx")
        if not wheel:
            raise engine.CannotRun("the wheel pnnx is not installed")
        program = Path(wheel.origin).with_name("pnnx")
        param, weights = self.files
        arguments = ["fp16=0", f"ncnnparam={param}", f"ncnnbin={weights}", f"ncnnpy={param}.py"]
        arguments += [f"{name}={param}.{name}" for name in ("pnnxparam", "pnnxbin", "pnnxpy", "pnnxonnx")]
        subprocess.run([program, self.case.single, *arguments], check=True)
        return {"library_bytes": engine.file_bytes(*self.files)}

    def load(self, image):
        import ncnn
        net = ncnn.Net()
        net.opt.num_threads = self.case.threads
        for narrow in ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_packed", "bf16_storage"):
            setattr(net.opt, f"use_{narrow}", False)
        param, weights = self.files
        if net.load_param(str(param)) != 0 or net.load_model(str(weights)) != 0:
            raise engine.CannotRun("it refuses what pnnx made of the network")
        tensor = ncnn.Mat(image, batch_index=0).clone()

        def run():
            with net.create_extractor() as extractor:
                extractor.input("in0", tensor)
                status, output = extractor.extract("out0")
            if status != 0:
                raise engine.CannotRun(f"extract returned {status}")
            return output.numpy(batch_index=0)

        return run, {}
