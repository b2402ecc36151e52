"""EfficientNet-Lite0 with its ImageNet weights as an ONNX file, as a framework would export it.

    make_model.py CHECKPOINT.pth MODEL.onnx

The network is that of examples/classify/oracle.py without its first nodes, which scale bytes: it
takes f32[N, 3, H, W]. What the average over space leaves of its last features is called "features".
"""
import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "classify"))
from checkpoint import read_checkpoint
from oracle import build_network

SCALING = ["Cast", "Sub", "Mul", "Transpose"]


def rename(graph, old, new):
    for node in graph.node:
        for names in (node.input, node.output):
            for k, name in enumerate(names):
                if name == old:
                    names[k] = new


def main():
    checkpoint, path = sys.argv[1:3]
    model = build_network(read_checkpoint(checkpoint))
    graph = model.graph
    assert [node.op_type for node in graph.node[:len(SCALING)]] == SCALING
    rename(graph, graph.node[len(SCALING) - 1].output[0], "x")
    del graph.node[:len(SCALING)]
    del graph.input[:]
    graph.input.append(helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3, "H", "W"]))
    flatten = next(node for node in graph.node if node.op_type == "Flatten")
    rename(graph, flatten.output[0], "features")
    onnx.checker.check_model(model)
    onnx.save(model, path)


if __name__ == "__main__":
    main()
