"""The networks of the oracle compiled by cnnc: those of the curves, from which PyTorch begins, too."""
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "bench"))
from cnnc_network import compile_model  # noqa: E402
from cnnc_training import TrainingNetwork  # noqa: E402
from formulas import BATCH, batch_of_step, parameter  # noqa: E402
from training_case import FOLDER, NETWORKS  # noqa: E402

SEED = 7


def compiled(text, folder, x, target, *options):
    """A drawn network, with its parameters by formula."""
    path = Path(folder) / "drawn.cnn"
    path.write_text(text)
    compile_model(path, folder, "--train", "--name", "drawn", *options)
    network = TrainingNetwork(folder, "drawn", [x], [target], [len(x)] if "f32[N" in text else [])
    for name, array in network.named_parameters().items():
        array[...] = parameter(name, array.shape)
    return network


def start_of_curve(name, folder):
    """A network of bench/training as it is drawn, and the arrays of its batch, which batch_of_step fills."""
    images = np.zeros([BATCH[name], *NETWORKS[name].images[1:]], np.float32)
    labels = np.zeros(BATCH[name], np.int64)
    batch_of_step(images, labels, 0)
    compile_model(FOLDER / f"{name}.cnn", folder, "--train", "--typical", f"N={BATCH[name]}")
    return TrainingNetwork(folder, name, [images], [labels], [BATCH[name]], seed=SEED), images, labels
