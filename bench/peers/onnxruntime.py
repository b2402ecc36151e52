"""ONNX Runtime's own CPU kernels. Every other engine's output is compared with its."""
import engine


class Engine(engine.Engine):
    wheel = "onnxruntime"
    follows_isa = False

    def load(self, image):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.case.threads
        options.inter_op_num_threads = 1
        # Its threads spin while it runs, as they do by default, but not on into another engine's turn.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        session = onnxruntime.InferenceSession(self.case.model, options, providers=["CPUExecutionProvider"])
        feed = {session.get_inputs()[0].name: image}
        return (lambda: session.run(None, feed)[0]), {}
