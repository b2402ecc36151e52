"""PyTorch on the CPU (oneDNN inside): the ONNX graph as a torch function, traced, frozen and optimized."""
import engine


class Engine(engine.Engine):
    wheel = "torch"
    note = "traced, frozen, optimized for inference"
    optional = True

    @classmethod
    def environment(cls, case):
        return {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"} if case.isa == "avx2" else {}

    def load(self, image):
        import onnx
        import torch
        torch.set_num_threads(self.case.threads)
        tensor = torch.from_numpy(image)
        with torch.inference_mode():
            module = torch.jit.trace(graph_module(torch, onnx.load(self.case.model).graph), tensor)
            module = torch.jit.optimize_for_inference(torch.jit.freeze(module.eval()))

        def run():
            with torch.inference_mode():
                return module(tensor).numpy()

        return run, {}


def graph_module(torch, graph):
    """A module that computes the graph node by node; tracing it leaves only torch's own functions."""
    import onnx

    class Graph(torch.nn.Module):
        def __init__(self):
            super().__init__()
            for weight in graph.initializer:
                array = onnx.numpy_helper.to_array(weight).copy()
                self.register_buffer(buffer_name(weight.name), torch.from_numpy(array))

        def forward(self, image):
            values = {weight.name: getattr(self, buffer_name(weight.name)) for weight in graph.initializer}
            values[graph.input[0].name] = image
            for node in graph.node:
                attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
                inputs = [values[name] for name in node.input if name]
                values[node.output[0]] = OPS[node.op_type](torch, torch.nn.functional, attributes, *inputs)
            return values[graph.output[0].name]

    return Graph()


def buffer_name(name):
    return name.replace(".", "_")


def conv(torch, nn, a, x, weight, bias=None):
    return nn.conv2d(x, weight, bias, a.get("strides", 1), a.get("pads", [0, 0])[:2], a.get("dilations", 1),
                     a.get("group", 1))


def batch_norm(torch, nn, a, x, scale, shift, mean, variance):
    return nn.batch_norm(x, mean, variance, scale, shift, eps=a.get("epsilon", 1e-5))


def max_pool(torch, nn, a, x):
    return nn.max_pool2d(x, a["kernel_shape"], a["strides"], a.get("pads", [0, 0])[:2],
                         ceil_mode=bool(a.get("ceil_mode", 0)))


# The ops of tests/models/networks.py, of `lines` and of single convolutions.
OPS = {
    "Add": lambda torch, nn, a, x, y: x + y,
    "AveragePool": lambda torch, nn, a, x: nn.avg_pool2d(x, a["kernel_shape"], a["strides"]),
    "BatchNormalization": batch_norm,
    "Clip": lambda torch, nn, a, x, low, high: nn.hardtanh(x, float(low), float(high)),
    "Concat": lambda torch, nn, a, *parts: torch.cat(parts, a["axis"]),
    "Conv": conv,
    "Flatten": lambda torch, nn, a, x: torch.flatten(x, 1),
    "Gemm": lambda torch, nn, a, x, weight, bias: nn.linear(x, weight, bias),
    "GlobalAveragePool": lambda torch, nn, a, x: nn.adaptive_avg_pool2d(x, 1),
    "MaxPool": max_pool,
    "Mul": lambda torch, nn, a, x, y: x * y,
    "Relu": lambda torch, nn, a, x: nn.relu(x),
    "Resize": lambda torch, nn, a, x, scales: nn.interpolate(x, scale_factor=2.0, mode="nearest"),
    "Sigmoid": lambda torch, nn, a, x: torch.sigmoid(x),
    "Softmax": lambda torch, nn, a, x: nn.softmax(x, a["axis"]),
}
