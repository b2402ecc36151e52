"""The networks to train: what a batch of each is, and the case that the engines are handed.

Engines get random images and classes, and parameters that cnnc drew. What each makes of them first, the loss and all
gradients, is compared before any time is taken.
"""
import dataclasses
from pathlib import Path

import numpy as np

from engine import Case

FOLDER = Path(__file__).resolve().parent / "training"
LEARNING_RATE = 1e-3  # however often a batch comes, the numbers stay ordinary ones


@dataclasses.dataclass
class Batch:
    title: str
    images: list  # batch, channels, height, width
    classes: int
    labels: list = dataclasses.field(default_factory=list)  # dims of a label beyond the batch


NETWORKS = {"lines": Batch("lines", [64, 1, 64, 64], 2), "lenet": Batch("LeNet", [64, 1, 28, 28], 10),
            "resnet20": Batch("ResNet-20", [32, 3, 32, 32], 10),
            "resnet18": Batch("ResNet-18 at 64x64", [8, 3, 64, 64], 1000),
            "unet": Batch("small U-Net", [4, 3, 64, 64], 4, [64, 64])}


def make_case(network, folder):
    batch = NETWORKS[network]
    return Case(network, batch.images, "", "", str(FOLDER / f"{network}.cnn"), str(folder), ["--train"],
                sizes={"N": batch.images[0]}, package="trainers", classes=batch.classes,
                label_shape=[batch.images[0], *batch.labels])


def labels_of(case):
    return np.random.default_rng(1).integers(case.classes, size=case.label_shape)


def parameters_file(case):
    """{name: array}, from which all engines begin."""
    return Path(case.folder) / "parameters.npz"


def gradients_file(case, engine):
    """Where an engine leaves {name: gradient} of the parameters, and the loss under "loss"."""
    return Path(case.folder) / f"gradients.{engine}.npz"
