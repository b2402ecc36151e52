"""Writes the test cases of ONNX itself for some ops: each a node, with inputs and the outputs to expect.

    write_node_cases.py FOLDER

FOLDER/NAME.onnx and .npz, in which an input x is `in:x` and an output y is `out:y`; and
FOLDER/node_cases.txt, which lists them. The cases have every operand as an input of the network. Here
all but the first are weights, as filters, scales and sizes are in networks, and the first output is kept;
the cases of training ops, two of which are models, stay as they are. Those of optimizers are of the first step: each is written once
more for a later one, with the numbers of ONNX's reference, and a third time with rate and count as weights.
"""
import pathlib
import sys
import warnings

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case import model as model_cases, node as node_cases
from onnx.reference import ReferenceEvaluator

OPS = ("ConvTranspose", "DepthToSpace", "GroupNormalization", "InstanceNormalization", "LRN",
       "LayerNormalization", "Resize", "Upsample")
OPTIMIZERS = ("Adagrad", "Adam", "Momentum")


def ops_of(case):
    return {node.op_type for node in case.model.graph.node}


def find_cases():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # The cases of all ops are computed, with overflows and all.
        cases = [case for case in node_cases.collect_testcases() if ops_of(case) <= {*OPS, *OPTIMIZERS}]
        cases += [case for case in model_cases.collect_testcases() if case.model and "Gradient" in ops_of(case)]
    missing = {*OPS, *OPTIMIZERS, "Gradient"}.difference(*map(ops_of, cases))
    if missing:
        sys.exit(f"this version of ONNX has no cases of {', '.join(sorted(missing))}")
    return cases


def make_weights(graph, arrays, which):
    """Turns the inputs of a slice into weights with these values."""
    for value, array in zip(graph.input[which], arrays[which]):
        graph.initializer.append(numpy_helper.from_array(array, value.name))
    del graph.input[which]


def keep_first_output(graph):
    """Further ones are statistics, for training."""
    del graph.output[1:]
    del graph.node[0].output[1:]


def write_model(folder, name, model, inputs, outputs):
    graph = model.graph
    arrays = {f"in:{value.name}": array for value, array in zip(graph.input, inputs)}
    arrays |= {f"out:{value.name}": array for value, array in zip(graph.output, outputs)}
    onnx.save(model, folder / f"{name}.onnx")
    np.savez(folder / f"{name}.npz", **arrays)
    return name


def write_later_steps(folder, name, model, inputs, count=np.array(7)):
    feeds = [inputs[0], count, *inputs[2:]]
    names = [value.name for value in model.graph.input]
    outputs = ReferenceEvaluator(model).run(None, dict(zip(names, feeds)))
    yield write_model(folder, f"{name}_later", model, feeds, outputs)
    make_weights(model.graph, feeds, slice(0, 2))
    yield write_model(folder, f"{name}_of_known_count", model, feeds[2:], outputs)


def write_case(folder, case):
    name = case.name.removeprefix("test_")
    inputs, outputs = case.data_sets[0]
    if ops_of(case) & set(OPTIMIZERS):
        yield write_model(folder, name, case.model, inputs, outputs)
        yield from write_later_steps(folder, name, case.model, inputs)
    elif "Gradient" in ops_of(case):
        yield write_model(folder, name, case.model, inputs, outputs)
    else:
        make_weights(case.model.graph, inputs, slice(1, None))
        keep_first_output(case.model.graph)
        yield write_model(folder, name, case.model, inputs[:1], outputs[:1])


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    names = [name for case in find_cases() for name in write_case(folder, case)]
    (folder / "node_cases.txt").write_text("\n".join(names) + "\n")


if __name__ == "__main__":
    main()
