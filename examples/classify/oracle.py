"""What ONNX Runtime makes of EfficientNet-Lite0: the values that the tests expect.

    oracle.py CHECKPOINT.pth INPUT.npy [PROBABILITIES.npy]

builds the network with onnx.helper from the checkpoint under its own names, so neither cnnc nor the
renaming of prepare.py takes part, and runs it on u8[N, 224, 224, 3]. Prints the five best classes
of the first picture; with a third argument, writes all probabilities as f32[N, 1000].
"""
import sys

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from checkpoint import read_checkpoint

# (repeats, stride of the first, expansion, output channels) of each stage, as in the paper of
# EfficientNet, without squeeze-and-excitation and with relu6. The filters tell their own sizes.
STAGES = [(1, 1, 1, 16), (2, 2, 6, 24), (2, 2, 6, 40), (3, 2, 6, 80), (3, 1, 6, 112),
          (4, 2, 6, 192), (1, 1, 6, 320)]


class Builder:
    def __init__(self, weights):
        self.weights, self.nodes, self.initializers = weights, [], []

    def constant(self, name, array):
        self.initializers.append(numpy_helper.from_array(array, name))
        return name

    def node(self, op, inputs, **attributes):
        output = f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    def weight(self, name):
        return self.constant(name, self.weights[name])

    def conv_norm(self, x, conv, norm, stride=1):
        filter = self.weights[f"{conv}.weight"]
        groups = filter.shape[0] if filter.shape[1] == 1 else 1
        x = self.node("Conv", [x, self.weight(f"{conv}.weight")], strides=[stride, stride],
                      group=groups, auto_pad="SAME_UPPER", kernel_shape=filter.shape[2:])
        norms = [self.weight(f"{norm}.{part}")
                 for part in ("weight", "bias", "running_mean", "running_var")]
        return self.node("BatchNormalization", [x] + norms, epsilon=1e-3)

    def relu6(self, x):
        return self.node("Clip", [x, "zero", "six"])

    def block(self, x, name, stride, expansion, residual):
        y = x
        if expansion != 1:
            y = self.relu6(self.conv_norm(y, f"{name}._expand_conv", f"{name}._bn0"))
        y = self.relu6(self.conv_norm(y, f"{name}._depthwise_conv", f"{name}._bn1", stride))
        y = self.conv_norm(y, f"{name}._project_conv", f"{name}._bn2")
        return self.node("Add", [y, x]) if residual else y


def build_network(weights):
    b = Builder(weights)
    for name, value in [("zero", 0), ("six", 6), ("mean", 127), ("scale", 1 / 128)]:
        b.constant(name, np.array(value, np.float32))
    x = b.node("Cast", ["image"], to=TensorProto.FLOAT)
    x = b.node("Mul", [b.node("Sub", [x, "mean"]), "scale"])
    x = b.node("Transpose", [x], perm=[0, 3, 1, 2])
    x = b.relu6(b.conv_norm(x, "_conv_stem", "_bn0", stride=2))
    number, channels = 0, 32
    for repeats, first_stride, expansion, outputs in STAGES:
        for stride in [first_stride] + [1] * (repeats - 1):
            residual = stride == 1 and channels == outputs
            x = b.block(x, f"_blocks.{number}", stride, expansion, residual)
            number, channels = number + 1, outputs
    x = b.relu6(b.conv_norm(x, "_conv_head", "_bn1"))
    x = b.node("Flatten", [b.node("GlobalAveragePool", [x])])
    x = b.node("Gemm", [x, b.weight("_fc.weight"), b.weight("_fc.bias")], transB=1)
    b.nodes.append(helper.make_node("Softmax", [x], ["probabilities"], axis=1))
    graph = helper.make_graph(
        b.nodes, "efficientnet_lite0",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, ["N", "H", "W", 3])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 1000])],
        b.initializers)
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 13)])


def main():
    checkpoint, picture = sys.argv[1:3]
    model = build_network(read_checkpoint(checkpoint))
    session = onnxruntime.InferenceSession(model.SerializeToString(),
                                           providers=["CPUExecutionProvider"])
    probabilities = session.run(None, {"image": np.load(picture)})[0]
    for k in np.argsort(-probabilities[0])[:5]:
        print(f"{k:4d} {probabilities[0, k]:.6f}")
    if len(sys.argv) > 3:
        np.save(sys.argv[3], probabilities)


if __name__ == "__main__":
    main()
