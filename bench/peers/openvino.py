"""OpenVINO's CPU plugin (oneDNN and its own generated code), reading the ONNX file."""
import engine


class Engine(engine.Engine):
    wheel = "openvino"

    @classmethod
    def environment(cls, case):
        return {"ONEDNN_MAX_CPU_ISA": "AVX2"} if case.isa == "avx2" else {}

    def load(self, image):
        import openvino
        compiled = openvino.Core().compile_model(self.case.model, "CPU", {
            "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": "1",
            "INFERENCE_NUM_THREADS": str(self.case.threads)})
        request = compiled.create_infer_request()
        request.set_input_tensor(openvino.Tensor(image, shared_memory=True))

        def run(_keep=image):  # The request does not own what it reads.
            request.infer()
            return request.get_output_tensor().data

        return run, {}
