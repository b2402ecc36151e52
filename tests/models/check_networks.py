"""Networks of networks.py have the published numbers of parameters, and outputs of the right shape.

The numbers are those that torchvision states for its models; U-Net's is counted layer by layer.
"""
import unittest

import numpy as np
from onnx import checker, shape_inference

import networks

PARAMETERS = {"squeezenet1_0": 1248424, "squeezenet1_1": 1235496, "mobilenet_v2": 3504872,
              "efficientnet_b0": 5288548, "densenet121": 7978856, "resnet18": 11689512,
              "resnet34": 21797672, "resnet50": 25557032, "vgg11": 132863336, "vgg16": 138357544}


def build(name, *arguments):
    return networks.build(networks.parse_arguments([name, "unused", *arguments]))


def count_parameters(model):
    """What is trained: no running statistics, no bounds of a Clip, no shapes."""
    return sum(int(np.prod(weight.dims)) for weight in model.graph.initializer
               if weight.name.endswith((".weight", ".bias")))


def inferred_output(model):
    """The output's shape by ONNX's own shape inference, not as the model declares it."""
    del model.graph.output[0].type.tensor_type.shape.dim[:]
    model.graph.output[0].type.tensor_type.ClearField("shape")
    inferred = shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    return [dim.dim_value for dim in inferred.graph.output[0].type.tensor_type.shape.dim]


def unet_parameters(width, levels, classes):
    """Convolutions of 3x3 without bias, each with a batch norm; the last is 1x1 with a bias."""
    def conv(inputs, outputs):
        return 9 * inputs * outputs + 2 * outputs

    widths = [width * 2 ** level for level in range(levels + 1)]
    down = sum(conv(a, b) + conv(b, b) for a, b in zip([3, *widths], widths))
    up = sum(conv(2 * w, w) + conv(2 * w, w) + conv(w, w) for w in widths[:-1])
    return down + up + (width + 1) * classes


class Networks(unittest.TestCase):
    def test_parameters_are_as_published(self):
        for name, number in PARAMETERS.items():
            with self.subTest(name):
                self.assertEqual(count_parameters(build(name)), number)

    def test_every_network_has_its_number_here(self):
        self.assertEqual(sorted([*PARAMETERS, "unet"]), sorted(networks.NETWORKS))

    def test_unet(self):
        model = build("unet", "--height", "64", "--width", "96", "--batch", "2", "--classes", "5")
        self.assertEqual(count_parameters(model), unet_parameters(width=32, levels=4, classes=5))
        self.assertEqual(inferred_output(model), [2, 5, 64, 96])

    def test_classifiers_give_a_row_per_image(self):
        for name in PARAMETERS:
            with self.subTest(name):
                model = build(name, "--scale", "0.1", "--height", "64", "--width", "64", "--batch", "3")
                checker.check_model(model, full_check=True)
                self.assertEqual(inferred_output(model), [3, 1000])


if __name__ == "__main__":
    unittest.main()
