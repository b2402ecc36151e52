"""Writes a network whose first layer's name looks like markup: odd_names.py OUT.onnx"""
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

first, second = "</script><b>&amp;\"x'.weight", "plain.weight"
weights = [numpy_helper.from_array(np.ones((2, 2, 3, 3), np.float32), name) for name in (first, second)]
nodes = [
    helper.make_node("Conv", ["x", first], ["a"], pads=[1] * 4),
    helper.make_node("Relu", ["a"], ["b"]),
    helper.make_node("Conv", ["b", second], ["c"], pads=[1] * 4),
    helper.make_node("Add", ["c", "b"], ["y"]),
]
border = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2, 8, 8]) for name in "xy"]
graph = helper.make_graph(nodes, "odd_names", border[:1], border[1:], weights)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), sys.argv[1])
