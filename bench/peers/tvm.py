"""Apache TVM: the Relax frontend for ONNX and the schedules that it takes without tuning."""
import engine

SMALL = ("lines",)


class Engine(engine.Engine):
    wheel = "apache-tvm"
    note = "without tuning"
    fixed_batch = True

    @classmethod
    def environment(cls, case):
        return {"TVM_NUM_THREADS": str(case.threads)}

    @property
    def library(self):
        return f"{self.case.folder}/{self.case.network}.tvm.{self.case.batch}.so"

    def prepare(self):
        if self.case.network not in SMALL:
            raise engine.CannotRun("without tuning it is tens of times slower than the others; measured for "
                                   + ", ".join(SMALL) + " only")
        import onnx
        import tvm
        from tvm.relax.frontend.onnx import from_onnx
        module = from_onnx(onnx.load(self.case.model), keep_params_in_input=False)
        cpu = "haswell" if self.case.isa == "avx2" else tvm.target.codegen.llvm_get_system_cpu()
        tvm.compile(module, target=tvm.target.Target({"kind": "llvm", "mcpu": cpu})).export_library(self.library)
        return {"library_bytes": engine.file_bytes(self.library)}

    def load(self, image):
        import tvm
        machine = tvm.relax.VirtualMachine(tvm.runtime.load_module(self.library), tvm.cpu())
        tensor = tvm.runtime.tensor(image)
        return (lambda: machine["main"](tensor).numpy()), {}
