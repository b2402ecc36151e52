"""The distinct convolutions of a network as networks of one layer, with random weights and a bias.

Their border is part of what is timed: as ONNX they take planes and give planes, which engines with another order
inside rearrange on both sides. Beside it cnnc is measured with pixels at its border (engine cnnc_pixels).
"""
import dataclasses
from collections import Counter
from pathlib import Path

import numpy as np
from onnx import helper, shape_inference

import models
from engine import Case

NETWORKS = ["resnet50", "vgg16", "mobilenet_v2"]

SOURCE = """network conv(x: f32[{batch}, H = {height}, W = {width}, {inputs}])
    -> f32[{batch}, H // {stride}, W // {stride}, {outputs}] {{
  return x -> conv({outputs}, {kernel}x{kernel}, stride: {stride}, pad: {pad}, groups: {groups})
}}
"""


@dataclasses.dataclass(frozen=True)
class Convolution:
    """Square in kernel, stride and padding, as all of these networks' are."""
    inputs: int
    outputs: int
    height: int
    width: int
    kernel: int
    stride: int
    pad: int
    groups: int

    def __str__(self):
        channels = f"depthwise {self.inputs}" if self.groups == self.inputs > 1 else f"{self.inputs}>{self.outputs}"
        return f"{self.kernel}x{self.kernel}{f' /{self.stride}' if self.stride > 1 else ''} {channels} " \
               f"at {self.height}x{self.width}"

    def output_space(self):
        return [(size + 2 * self.pad - self.kernel) // self.stride + 1 for size in (self.height, self.width)]

    def weights(self):
        random = np.random.default_rng(0)
        shape = (self.outputs, self.inputs // self.groups, self.kernel, self.kernel)
        scale = np.float32(np.sqrt(2 / np.prod(shape[1:])))
        return {"conv.filter": scale * random.standard_normal(shape, np.float32),
                "conv.bias": np.float32(0.1) * random.standard_normal(self.outputs, np.float32)}


def distinct(network):
    """The convolutions of a network at its usual size, in order: {Convolution: how often it occurs}."""
    model = shape_inference.infer_shapes(models.networks.build(models.networks.parse_arguments([network, ""])))
    shapes = {value.name: [dim.dim_value for dim in value.type.tensor_type.shape.dim]
              for value in [*model.graph.input, *model.graph.value_info]}
    filters = {weight.name: weight.dims for weight in model.graph.initializer}
    found = Counter()
    for node in model.graph.node:
        if node.op_type == "Conv":
            attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
            _, inputs, height, width = shapes[node.input[0]]
            outputs, kernel = filters[node.input[1]][0], filters[node.input[1]][2]
            found[Convolution(inputs, outputs, height, width, kernel, attributes["strides"][0],
                              attributes["pads"][0], attributes["group"])] += 1
    return found


def write_model(convolution, weights, path, batch):
    node = helper.make_node("Conv", ["x", *weights], ["y"], kernel_shape=[convolution.kernel] * 2,
                            strides=[convolution.stride] * 2, pads=[convolution.pad] * 4, group=convolution.groups)
    return models.save_model(path, [node], weights, shape_of(convolution, batch),
                             [batch, convolution.outputs, *convolution.output_space()])


def shape_of(convolution, batch):
    return [batch, convolution.inputs, convolution.height, convolution.width]


def make_case(convolution, folder, batch=1):
    """The files of a layer in the folder, and its case for one thread on this machine's CPU."""
    folder = Path(folder)
    weights = convolution.weights()
    single = write_model(convolution, weights, folder / "conv.1.onnx", 1)
    model = single if batch == 1 else write_model(convolution, weights, folder / f"conv.{batch}.onnx", batch)
    np.savez(folder / "conv.npz", **weights)
    pixels = folder / "conv.cnn"
    pixels.write_text(SOURCE.format(batch=batch, **dataclasses.asdict(convolution)))
    return Case("conv", shape_of(convolution, batch), model, single, source=model, folder=str(folder),
                pixels=str(pixels), pixels_options=["--weights", str(folder / "conv.npz")])
