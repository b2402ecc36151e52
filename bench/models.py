"""The networks to measure: files of each, and the case that the engines are handed.

Peers get ONNX with all sizes fixed, which suits them best; cnnc compiles the same network with batch, height
and width left open where the network allows it, since one library for all sizes is what it is for.
"""
import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from engine import Case

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/models"))
import networks  # noqa: E402

TITLES = {"lines": "lines", "squeezenet1_1": "SqueezeNet 1.1", "mobilenet_v2": "MobileNetV2",
          "efficientnet_b0": "EfficientNet-B0", "resnet18": "ResNet-18", "resnet50": "ResNet-50",
          "densenet121": "DenseNet-121", "vgg16": "VGG-16", "unet": "U-Net"}
USUAL = list(TITLES)
KNOWN = sorted({"lines", *networks.NETWORKS})
LINES_SIZE, UNET_SIZE, SIZE = 64, 256, 224
LINES_SCALE = 0.01  # faint, or its softmax would say 0 and 1 whatever the engines compute


def title(network):
    return TITLES.get(network, network)


def generate(network, path, batch=1, height=SIZE, width=SIZE, symbolic=False):
    """A network of tests/models/networks.py as a file; equal weights whatever the sizes."""
    arguments = [network, str(path), "--batch", str(batch), "--height", str(height), "--width", str(width)]
    onnx.save(networks.build(networks.parse_arguments(arguments + ["--symbolic"] * symbolic)), path)
    return str(path)


def read_safetensors(path):
    data = Path(path).read_bytes()
    length, = struct.unpack_from("<Q", data)
    tensors = json.loads(data[8:8 + length])
    return {name: np.frombuffer(data[8 + length:][slice(*tensor["data_offsets"])], np.float32).reshape(tensor["shape"])
            for name, tensor in tensors.items()}


def lines_twin(weights, path, batch):
    """examples/lines/lines.cnn as ONNX, with the same weights."""
    nodes = [helper.make_node("Conv", ["x", "conv.filter", "conv.bias"], ["filtered"], pads=[4] * 4),
             helper.make_node("Relu", ["filtered"], ["answers"]),
             helper.make_node("GlobalAveragePool", ["answers"], ["averages"]),
             helper.make_node("Flatten", ["averages"], ["flat"]),
             helper.make_node("Gemm", ["flat", "linear.weight", "linear.bias"], ["logits"], transB=1),
             helper.make_node("Softmax", ["logits"], ["y"], axis=1)]
    return save_model(path, nodes, read_safetensors(weights), [batch, 1, LINES_SIZE, LINES_SIZE], [batch, 2])


def save_model(path, nodes, weights, input_shape, output_shape):
    """A model from x to y."""
    value = helper.make_tensor_value_info
    graph = helper.make_graph(nodes, "network", [value("x", TensorProto.FLOAT, input_shape)],
                              [value("y", TensorProto.FLOAT, output_shape)],
                              [numpy_helper.from_array(array, name) for name, array in weights.items()])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return str(path)


def lines_case(folder, batch):
    weights = folder / "lines.safetensors"
    subprocess.run([sys.executable, ROOT / "examples/lines/weights.py", weights], check=True)
    files = [lines_twin(weights, folder / f"lines.{n}.onnx", n) for n in (batch, 1)]
    return Case("lines", [batch, 1, LINES_SIZE, LINES_SIZE], *files, source=str(ROOT / "examples/lines/lines.cnn"),
                source_options=["--weights", str(weights)], scale=LINES_SCALE, folder=str(folder),
                sizes={"N": batch, "H": LINES_SIZE, "W": LINES_SIZE})


def make_case(network, folder, batch=1, height=None, width=None):
    """A network's files in the folder, and its case for one thread on this machine's CPU."""
    folder = Path(folder)
    if network == "lines":
        return lines_case(folder, batch)
    size = UNET_SIZE if network == "unet" else SIZE
    # A library for any size is planned for the size that its user has most.
    planned = [f"--typical={dim}={size}" for dim in "HW"] if size != SIZE and not (height or width) else []
    height, width = height or size, width or size
    source = generate(network, folder / f"{network}.onnx", 1, height, width, symbolic=True)
    single = generate(network, folder / f"{network}.1.onnx", 1, height, width)
    model = single if batch == 1 else generate(network, folder / f"{network}.{batch}.onnx", batch, height, width)
    sizes = {"N": batch} if network.startswith("vgg") else {"N": batch, "H": height, "W": width}
    return Case(network, [batch, 3, height, width], model, single, source, str(folder), sizes=sizes,
                source_options=planned)
