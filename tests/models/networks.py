"""Writes well-known networks as ONNX files with random weights, without torch.

    networks.py resnet50 OUT.onnx [--symbolic] [--batch 1] [--height 224] [--width 224] [--seed 0]

The architectures are torchvision's, layer by layer: resnet18, resnet34, resnet50, mobilenet_v2,
efficientnet_b0, vgg11, vgg16, squeezenet1_0, squeezenet1_1, densenet121. unet segments: four levels
below the first, whose width is 32, and nearest upsampling with a convolution instead of a transposed
one. Weights are scaled by their fan-in and batch norms hold plausible statistics, so that activations
neither vanish nor explode. Equal arguments give equal bytes.

--symbolic names the batch, height and width N, H and W (vgg: N only, as its classifier needs one
size; its first layer fits the given height and width). --scale 0.25 takes a quarter of the
channels, and --classes sets the number of outputs (1000; unet: 2), for networks small enough to test
with. --view flattens by shape arithmetic (Shape, Gather, Concat, Reshape) instead of a Flatten node.
"""
import argparse

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Network:
    """A network under construction. Methods append nodes, and take and return names of values."""

    def __init__(self, options):
        self.options = options
        self.random = np.random.default_rng(options.seed)
        self.nodes, self.weights, self.channels = [], [], {"image": 3}

    def scaled(self, channels):
        """The number of channels left after --scale: a multiple of 4, so that groups stay whole."""
        return max(4, int(channels * self.options.scale) // 4 * 4)

    def weight(self, name, values, dtype=np.float32):
        self.weights.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def add(self, op, *inputs, channels=None, name=None, **attributes):
        name = name or f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], name=name, **attributes))
        self.channels[name] = channels or self.channels.get(inputs[0])
        return name

    def normal(self, shape, deviation):
        return self.random.standard_normal(shape, dtype=np.float32) * np.float32(deviation)

    def conv(self, x, channels, kernel, stride=1, pad=None, groups=1, bias=False):
        name = f"Conv_{len(self.nodes)}"
        pad = kernel // 2 if pad is None else pad
        fan_in = self.channels[x] // groups * kernel * kernel
        shape = (channels, self.channels[x] // groups, kernel, kernel)
        inputs = [x, self.weight(name + ".weight", self.normal(shape, np.sqrt(2 / fan_in)))]
        if bias:
            inputs.append(self.weight(name + ".bias", self.normal(channels, 0.1)))
        return self.add("Conv", *inputs, channels=channels, name=name, kernel_shape=[kernel] * 2,
                        strides=[stride] * 2, pads=[pad] * 4, dilations=[1, 1], group=groups)

    def batch_norm(self, x, gain=1.0):
        name, shape = f"BatchNormalization_{len(self.nodes)}", self.channels[x]
        parameters = [
            self.weight(name + ".weight", gain * (0.75 + 0.5 * self.random.random(shape))),
            self.weight(name + ".bias", self.normal(shape, 0.1)),
            self.weight(name + ".running_mean", self.normal(shape, 0.1)),
            self.weight(name + ".running_var", 0.75 + 0.5 * self.random.random(shape)),
        ]
        return self.add("BatchNormalization", x, *parameters, name=name, epsilon=1e-5)

    def relu(self, x):
        return self.add("Relu", x)

    def relu6(self, x):
        if self.options.opset < 11:
            return self.add("Clip", x, min=0.0, max=6.0)
        name = f"Clip_{len(self.nodes)}"
        bounds = self.weight(name + ".min", 0.0), self.weight(name + ".max", 6.0)
        return self.add("Clip", x, *bounds, name=name)

    def silu(self, x):
        return self.add("Mul", x, self.add("Sigmoid", x))

    def upsample(self, x):
        """Each pixel becomes 2 x 2 of its kind."""
        scales = self.weight(f"scales_{len(self.nodes)}", [1, 1, 2, 2])
        return self.add("Resize", x, "", scales, mode="nearest", nearest_mode="floor",
                        coordinate_transformation_mode="asymmetric")

    def max_pool(self, x, kernel, stride, pad=0, ceil=0):
        attributes = {"ceil_mode": ceil} if self.options.opset >= 10 else {}
        return self.add("MaxPool", x, kernel_shape=[kernel] * 2, strides=[stride] * 2,
                        pads=[pad] * 4, **attributes)

    def linear(self, x, inputs, outputs, gain=2.0):
        name = f"Gemm_{len(self.nodes)}"
        values = self.normal((outputs, inputs), np.sqrt(gain / inputs))
        weight = self.weight(name + ".weight", values)
        bias = self.weight(name + ".bias", self.normal(outputs, 0.1))
        return self.add("Gemm", x, weight, bias, channels=outputs, name=name, transB=1)

    def flatten(self, x):
        if not self.options.view:
            return self.add("Flatten", x, axis=1)
        zero = self.weight(f"index_{len(self.nodes)}", 0, np.int64)
        rest = self.weight(f"rest_{len(self.nodes)}", [-1], np.int64)
        batch = self.add("Gather", self.add("Shape", x), zero, axis=0)
        if self.options.opset < 13:
            batch = self.add("Unsqueeze", batch, axes=[0])
        else:
            axes = self.weight(f"axes_{len(self.nodes)}", [0], np.int64)
            batch = self.add("Unsqueeze", batch, axes)
        shape = self.add("Concat", batch, rest, axis=0)
        return self.add("Reshape", x, shape, channels=self.channels[x])

    def pooled_linear(self, x, outputs):
        """Global average pool, flatten and a linear layer: how most of these networks end."""
        pooled = self.add("GlobalAveragePool", x)
        return self.linear(self.flatten(pooled), self.channels[x], outputs, gain=1.0)


def resnet(net, blocks, bottleneck):
    def block(x, channels, stride):
        out = channels * 4 if bottleneck else channels
        if bottleneck:
            y = net.relu(net.batch_norm(net.conv(x, channels, 1)))
            y = net.relu(net.batch_norm(net.conv(y, channels, 3, stride)))
            y = net.batch_norm(net.conv(y, out, 1), gain=0.5)
        else:
            y = net.relu(net.batch_norm(net.conv(x, channels, 3, stride)))
            y = net.batch_norm(net.conv(y, out, 3), gain=0.5)
        if stride != 1 or net.channels[x] != out:
            x = net.batch_norm(net.conv(x, out, 1, stride))
        return net.relu(net.add("Add", y, x))

    x = net.relu(net.batch_norm(net.conv("image", net.scaled(64), 7, 2)))
    x = net.max_pool(x, 3, 2, 1)
    for stage, count in enumerate(blocks):
        for i in range(count):
            x = block(x, net.scaled(64 * 2 ** stage), 2 if stage > 0 and i == 0 else 1)
    return net.pooled_linear(x, net.options.classes)


def mobilenet_v2(net):
    def inverted_residual(x, channels, stride, expansion):
        hidden = net.channels[x] * expansion
        y = x
        if expansion != 1:
            y = net.relu6(net.batch_norm(net.conv(y, hidden, 1)))
        y = net.relu6(net.batch_norm(net.conv(y, hidden, 3, stride, groups=hidden)))
        y = net.batch_norm(net.conv(y, channels, 1))
        return net.add("Add", x, y) if stride == 1 and net.channels[x] == channels else y

    x = net.relu6(net.batch_norm(net.conv("image", net.scaled(32), 3, 2)))
    stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
              (6, 160, 3, 2), (6, 320, 1, 1)]
    for expansion, channels, count, stride in stages:
        for i in range(count):
            x = inverted_residual(x, net.scaled(channels), stride if i == 0 else 1, expansion)
    x = net.relu6(net.batch_norm(net.conv(x, net.scaled(1280), 1)))
    return net.pooled_linear(x, net.options.classes)


def efficientnet_b0(net):
    def squeeze_excite(x, squeezed):
        y = net.silu(net.conv(net.add("GlobalAveragePool", x), squeezed, 1, bias=True))
        return net.add("Mul", x, net.add("Sigmoid", net.conv(y, net.channels[x], 1, bias=True)))

    def inverted_residual(x, channels, kernel, stride, expansion):
        hidden = net.channels[x] * expansion
        y = x
        if expansion != 1:
            y = net.silu(net.batch_norm(net.conv(y, hidden, 1)))
        y = net.silu(net.batch_norm(net.conv(y, hidden, kernel, stride, groups=hidden)))
        y = net.batch_norm(net.conv(squeeze_excite(y, net.channels[x] // 4), channels, 1))
        return net.add("Add", x, y) if stride == 1 and net.channels[x] == channels else y

    x = net.silu(net.batch_norm(net.conv("image", net.scaled(32), 3, 2)))
    stages = [(1, 16, 1, 3, 1), (6, 24, 2, 3, 2), (6, 40, 2, 5, 2), (6, 80, 3, 3, 2), (6, 112, 3, 5, 1),
              (6, 192, 4, 5, 2), (6, 320, 1, 3, 1)]
    for expansion, channels, count, kernel, stride in stages:
        for i in range(count):
            x = inverted_residual(x, net.scaled(channels), kernel, stride if i == 0 else 1, expansion)
    x = net.silu(net.batch_norm(net.conv(x, net.scaled(1280), 1)))
    return net.pooled_linear(x, net.options.classes)


def vgg(net, stages):
    x = "image"
    for channels, count in stages:
        for _ in range(count):
            x = net.relu(net.conv(x, net.scaled(channels), 3, bias=True))
        x = net.max_pool(x, 2, 2)
    # Torchvision pools to 7x7 here, which changes nothing at 224x224.
    features = net.channels[x] * (net.options.height // 32) * (net.options.width // 32)
    x = net.relu(net.linear(net.flatten(x), features, net.scaled(4096)))
    x = net.relu(net.linear(x, net.scaled(4096), net.scaled(4096)))
    return net.linear(x, net.scaled(4096), net.options.classes, gain=1.0)


def squeezenet(net, version):
    def fire(x, squeeze, expand):
        x = net.relu(net.conv(x, net.scaled(squeeze), 1, bias=True))
        narrow = net.relu(net.conv(x, net.scaled(expand), 1, bias=True))
        wide = net.relu(net.conv(x, net.scaled(expand), 3, bias=True))
        return net.add("Concat", narrow, wide, channels=2 * net.scaled(expand), axis=1)

    if version == "1_0":
        x = net.relu(net.conv("image", net.scaled(96), 7, 2, pad=0, bias=True))
        plan = ["pool", (16, 64), (16, 64), (32, 128),
                "pool", (32, 128), (48, 192), (48, 192), (64, 256), "pool", (64, 256)]
    else:
        x = net.relu(net.conv("image", net.scaled(64), 3, 2, pad=0, bias=True))
        plan = ["pool", (16, 64), (16, 64), "pool", (32, 128), (32, 128),
                "pool", (48, 192), (48, 192), (64, 256), (64, 256)]
    for step in plan:
        x = net.max_pool(x, 3, 2, ceil=1) if step == "pool" else fire(x, *step)
    x = net.relu(net.conv(x, net.options.classes, 1, bias=True))
    return net.flatten(net.add("GlobalAveragePool", x))


def densenet(net, blocks, growth, stem):
    growth, x = net.scaled(growth), net.conv("image", net.scaled(stem), 7, 2)
    x = net.max_pool(net.relu(net.batch_norm(x)), 3, 2, 1)
    for i, layers in enumerate(blocks):
        for _ in range(layers):
            y = net.conv(net.relu(net.batch_norm(x)), 4 * growth, 1)
            y = net.conv(net.relu(net.batch_norm(y)), growth, 3)
            x = net.add("Concat", x, y, channels=net.channels[x] + growth, axis=1)
        if i + 1 < len(blocks):
            x = net.conv(net.relu(net.batch_norm(x)), net.channels[x] // 2, 1)
            x = net.add("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
    return net.pooled_linear(net.relu(net.batch_norm(x)), net.options.classes)


def unet(net, levels=4, width=32):
    def convs(x, channels):
        for _ in range(2):
            x = net.relu(net.batch_norm(net.conv(x, channels, 3)))
        return x

    x, skipped = convs("image", net.scaled(width)), []
    for level in range(1, levels + 1):
        skipped.append(x)
        x = convs(net.max_pool(x, 2, 2), net.scaled(width * 2 ** level))
    for skip in reversed(skipped):
        channels = net.channels[skip]
        x = net.relu(net.batch_norm(net.conv(net.upsample(x), channels, 3)))
        x = convs(net.add("Concat", skip, x, channels=2 * channels, axis=1), channels)
    return net.conv(x, net.options.classes, 1, bias=True)


NETWORKS = {
    "resnet18": lambda net: resnet(net, [2, 2, 2, 2], bottleneck=False),
    "resnet34": lambda net: resnet(net, [3, 4, 6, 3], bottleneck=False),
    "resnet50": lambda net: resnet(net, [3, 4, 6, 3], bottleneck=True),
    "mobilenet_v2": mobilenet_v2,
    "efficientnet_b0": efficientnet_b0,
    "vgg11": lambda net: vgg(net, [(64, 1), (128, 1), (256, 2), (512, 2), (512, 2)]),
    "vgg16": lambda net: vgg(net, [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]),
    "squeezenet1_0": lambda net: squeezenet(net, "1_0"),
    "squeezenet1_1": lambda net: squeezenet(net, "1_1"),
    "densenet121": lambda net: densenet(net, [6, 12, 24, 16], 32, 64),
    "unet": unet,
}
# Those that judge each pixel: their output has the size of the image.
SEGMENTING = {"unet"}


def build(options):
    """The network as a ModelProto; `options` as parse_arguments gives them."""
    net = Network(options)
    output = NETWORKS[options.network](net)
    net.nodes[-1].output[0] = "logits"
    assert net.nodes[-1].name == output
    batch, height, width = options.batch, options.height, options.width
    if options.symbolic:
        batch = "N"
        if not options.network.startswith("vgg"):
            height, width = "H", "W"
    space = [height, width] if options.network in SEGMENTING else []
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [batch, 3, height, width])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [batch, options.classes, *space])
    graph = helper.make_graph(net.nodes, options.network, [image], [logits], net.weights)
    opset = helper.make_opsetid("", options.opset)
    return helper.make_model(graph, opset_imports=[opset], ir_version=8)


def parse_arguments(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("network", choices=sorted(NETWORKS))
    parser.add_argument("out")
    parser.add_argument("--symbolic", action="store_true")
    parser.add_argument("--view", action="store_true")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--height", type=int, default=224)
    parser.add_argument("--width", type=int, default=224)
    parser.add_argument("--classes", type=int)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--opset", type=int, default=17)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    options.classes = options.classes or (2 if options.network in SEGMENTING else 1000)
    return options


def main():
    options = parse_arguments()
    onnx.save(build(options), options.out)


if __name__ == "__main__":
    main()
