"""What cnnc compiles beside what PyTorch computed: gradients of drawn networks, and curves of the loss.

PyTorch itself is not here: ./dev oracle wrote down what it says (oracle/README.md).
"""
import re
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent / "oracle"
sys.path.insert(0, str(FOLDER))
from compiled import compiled, start_of_curve  # noqa: E402
from formulas import BATCH, LEARNING_RATE, STEPS, batch_of_step  # noqa: E402

TOLERANCE = 1e-4  # of each tensor's largest element: kinks are ten times as far away
WITHOUT_GRADIENT = {"cast", "dropout", "one_hot", "step"}  # dropout draws numbers that are cnnc's own

GRADIENTS, CURVES = np.load(FOLDER / "gradients.npz"), np.load(FOLDER / "curves.npz")
DRAWN = {path.stem: path.read_text() for path in sorted(FOLDER.glob("drawn_*.cnn"))}


class TestGradients(unittest.TestCase):
    def check(self, name):
        stored = {key.partition("/")[2]: GRADIENTS[key] for key in GRADIENTS if key.startswith(f"{name}/")}
        x, target, expected_loss = (stored.pop(key) for key in ("input", "target", "loss"))
        with tempfile.TemporaryDirectory() as folder:
            loss, gradients = compiled(DRAWN[name], folder, x, target).gradients(of_inputs=True)
        self.assertLessEqual(abs(loss - expected_loss), TOLERANCE * abs(expected_loss))
        for tensor, expected in stored.items():
            self.assertEqual(gradients[tensor].shape, expected.shape, tensor)
            self.assertLessEqual(abs(gradients[tensor] - expected).max(), TOLERANCE * abs(expected).max(), tensor)

    def test_every_word_with_a_gradient_is_drawn(self):
        table = (FOLDER.parents[2] / "docs/words.md").read_text()
        known = set(re.findall(r"^\| `(\w+)\(", table, re.MULTILINE)) - WITHOUT_GRADIENT
        drawn = {word for text in DRAWN.values() for word in re.findall(r"(\w+)\(", text)}
        self.assertEqual(known - drawn, set())


class TestCurves(unittest.TestCase):
    """Training is unstable: what rounding changes grows with the steps. How far, PyTorch tells itself: by its curve
    with channels last, and by those from parameters that are a unit in the last place away."""

    def allowed(self, network):
        eager, *others = (CURVES[key] for key in CURVES if key.startswith(f"{network}/"))
        return eager, 3 * max(abs(other - eager).mean() for other in others)

    def curve(self, network, learning_rate=LEARNING_RATE):
        with tempfile.TemporaryDirectory() as folder:
            compiled_network, images, labels = start_of_curve(network, folder)
            step, losses = compiled_network.step_function(learning_rate), []
            for number in range(STEPS):
                batch_of_step(images, labels, number)
                losses.append(step())
        return np.array(losses)

    def test_losses_are_as_near_as_rounding_lets_them(self):
        for network in BATCH:
            eager, allowed = self.allowed(network)
            curve = self.curve(network)
            self.assertLessEqual(abs(curve[0] - eager[0]), 1e-5 * eager[0], network)
            self.assertLessEqual(abs(curve - eager).mean(), allowed, network)

    def test_a_learning_rate_of_one_per_cent_more_is_noticed(self):
        eager, allowed = self.allowed("lenet")
        self.assertGreater(abs(self.curve("lenet", 1.01 * LEARNING_RATE) - eager).mean(), allowed)


for drawn in DRAWN:
    setattr(TestGradients, f"test_{drawn}", lambda self, name=drawn: self.check(name))

if __name__ == "__main__":
    unittest.main()
