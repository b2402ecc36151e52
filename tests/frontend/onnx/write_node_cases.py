"""Writes the test cases of ONNX itself for some ops: each a node, with inputs and the outputs to expect.

    write_node_cases.py FOLDER

FOLDER/NAME.onnx and .npz, in which an input x is `in:x` and an output y is `out:y`; and
FOLDER/node_cases.txt, which lists them. The cases have every operand as an input of the network. Here
all but the first are weights, as filters, scales and sizes are in networks, and the first output is kept.
"""
import pathlib
import sys
import warnings

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases

OPS = ("ConvTranspose", "DepthToSpace", "GroupNormalization", "InstanceNormalization", "LRN",
       "LayerNormalization", "Resize", "Upsample")


def ops_of(case):
    return {node.op_type for node in case.model.graph.node}


def find_cases():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # The cases of all ops are computed, with overflows and all.
        cases = [case for case in collect_testcases() if ops_of(case) <= set(OPS)]
    missing = set(OPS).difference(*map(ops_of, cases))
    if missing:
        sys.exit(f"this version of ONNX has no cases of {', '.join(sorted(missing))}")
    return cases


def make_weights(graph, arrays):
    """Turns all inputs but the first into weights with these values."""
    for value, array in zip(graph.input[1:], arrays[1:]):
        graph.initializer.append(numpy_helper.from_array(array, value.name))
    del graph.input[1:]


def keep_first_output(graph):
    """Further ones are statistics, for training."""
    del graph.output[1:]
    del graph.node[0].output[1:]


def write_case(folder, case):
    name = case.name.removeprefix("test_")
    inputs, outputs = case.data_sets[0]
    graph = case.model.graph
    arrays = {f"in:{graph.input[0].name}": inputs[0]}
    arrays[f"out:{graph.output[0].name}"] = outputs[0]
    make_weights(graph, inputs)
    keep_first_output(graph)
    onnx.save(case.model, folder / f"{name}.onnx")
    np.savez(folder / f"{name}.npz", **arrays)
    return name


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    names = [write_case(folder, case) for case in find_cases()]
    (folder / "node_cases.txt").write_text("\n".join(names) + "\n")


if __name__ == "__main__":
    main()
