"""The benchmark of training without PyTorch: one short run of cnnc alone, and what is done with differing gradients."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

BENCH = Path(__file__).resolve().parent.parent.parent / "bench"
sys.path.insert(0, str(BENCH))
import training  # noqa: E402
from engine import CannotRun  # noqa: E402
from measure import WrongOutput  # noqa: E402
from training_case import FOLDER, NETWORKS, gradients_file, make_case  # noqa: E402


def bench(*arguments, **environment):
    return subprocess.run([sys.executable, BENCH / "training.py", *arguments], capture_output=True, text=True,
                          env={**os.environ, **environment})


class TestRun(unittest.TestCase):
    def test_cnnc_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            run = bench("lines", "--threads", "1", "2", "--rounds", "1", "--forms", "--out", folder)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertIn("lines, batch 64, 2 threads: cnnc ", run.stdout)
            report = json.loads((Path(folder) / "training.json").read_text())
            for result, threads in zip(report["results"], (1, 2), strict=True):
                self.assertEqual((result["threads"], result["missing"]), (threads, {}))
                self.assertGreater(result["engines"]["cnnc"]["minimum_ms"], 0)
                self.assertGreater(result["engines"]["cnnc"]["workspace_bytes"], 0)
            self.assertIn("## 2 threads\n\n|  | cnnc, ms |", (Path(folder) / "training.md").read_text())

    def test_an_unknown_network(self):
        run = bench("lenett")
        self.assertEqual(run.returncode, 2)
        self.assertIn("no network 'lenett': did you mean lenet? there are lines, lenet,", run.stderr)

    def test_every_network_has_its_file(self):
        own = {path.stem for path in FOLDER.glob("*.cnn") if "\nnetwork " in path.read_text()}
        self.assertEqual(own, {*NETWORKS})


class TestComparison(unittest.TestCase):
    EXPECTED = {"loss": np.array(2.0), "conv.filter": np.array([3.0, -4.0]), "conv.bias": np.array([1e-9])}

    def compare(self, engine, **gradients):
        with tempfile.TemporaryDirectory() as folder:
            contest = training.TrainingContest(make_case("lines", folder), ["cnnc", "torch_eager", "torch_compile"])
            contest.check_reference()
            np.savez(gradients_file(contest.case, "torch_eager"), **self.EXPECTED)
            np.savez(gradients_file(contest.case, engine), **gradients)
            contest.compare(engine)
            return contest.results[engine]

    def test_differences_are_of_each_tensors_norm(self):
        result = self.compare("cnnc", **{**self.EXPECTED, "conv.filter": np.array([3.005, -4.0])})
        self.assertAlmostEqual(result["error"], 1e-3)
        self.assertEqual(result["worst"], "conv.filter")

    def test_a_gradient_that_is_rounding_alone_may_differ(self):
        self.assertLess(self.compare("cnnc", **{**self.EXPECTED, "conv.bias": np.array([2e-9])})["error"], 1e-2)

    def test_wrong_gradients_end_it(self):
        for wrong in ([3.0, -3.8], [np.nan, -4.0]):
            with self.assertRaisesRegex(WrongOutput, "lines: cnnc differs from torch_eager by .* of conv.filter"):
                self.compare("cnnc", **{**self.EXPECTED, "conv.filter": np.array(wrong)})

    def test_a_form_that_differs_or_lacks_a_gradient_falls_out(self):
        with self.assertRaisesRegex(CannotRun, "differs from torch_eager"):
            self.compare("torch_compile", **{**self.EXPECTED, "loss": np.array(2.1)})
        with self.assertRaisesRegex(CannotRun, "no gradient of conv.bias"):
            self.compare("torch_compile", **{"loss": np.array(2.0), "conv.filter": np.array([3.0, -4.0])})


if __name__ == "__main__":
    unittest.main()
