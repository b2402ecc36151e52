"""One short run of the benchmark as a user starts it, beside ONNX Runtime alone; and its messages."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent.parent / "bench/bench.py"
sys.path.insert(0, str(BENCH.parent))
import convolutions  # noqa: E402
import models  # noqa: E402
from measure import measure  # noqa: E402

# A compiler that takes no network.
REFUSING = """#!/bin/sh
[ "$1" = --version ] && echo 0 && exit
echo "lines.cnn:2:1: error: no such word" >&2
echo "note: there are others" >&2
exit 1
"""


def bench(*arguments, **environment):
    return subprocess.run([sys.executable, BENCH, *arguments], capture_output=True, text=True,
                          env={**os.environ, **environment})


class TestRun(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_lines(self):
        run = bench("lines", "--batch", "1", "3", "--rounds", "2", "--out", self.folder / "out", "--date", "2001-02-03")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertRegex(run.stdout, r"result: lines_b3_ratio_to_onnxruntime \d+\.\d+ x")
        report = json.loads((self.folder / "out/bench.json").read_text())
        self.assertEqual([r["batch"] for r in report["results"]], [1, 3])
        for result in report["results"]:
            for name in ("cnnc", "onnxruntime"):
                figures = result["engines"][name]
                self.assertLessEqual(figures["error"], 1e-4)
                self.assertGreater(figures["minimum_ms"], 0)
                self.assertLessEqual(figures["minimum_ms"], figures["median_ms"])
                self.assertGreater(figures["first_seconds"], 0)
                self.assertGreater(figures["peak_bytes"], 0)
            self.assertGreater(result["engines"]["cnnc"]["workspace_bytes"], 0)
            self.assertEqual(result["missing"]["ncnn"], "the wheel ncnn is not installed")
        self.check_again(report)

    def check_again(self, report):
        """What was measured can be written once more, and into a document."""
        document = self.folder / "doc.md"
        document.write_text("<!-- bench -->\n<!-- /bench -->\n")
        again = bench("--from", self.folder / "out/bench.json", "--out", self.folder / "again", "--fill", document)
        self.assertEqual(again.returncode, 0, again.stderr)
        texts = [(self.folder / name / "bench.md").read_text() for name in ("out", "again")]
        self.assertEqual(*texts)
        self.assertIn("| lines |", texts[0])
        self.assertIn(f"**{report['results'][0]['ratio']:.2f}**", document.read_text())

    def run_case(self, case, *engines):
        """Engines that fall out are a failure here; wrong outputs raise."""
        result = measure(case, ["onnxruntime", *engines], 1, {})
        self.assertEqual(result["missing"], {})

    def test_a_convolution_with_planes_and_with_pixels_at_its_border(self):
        layer = convolutions.Convolution(inputs=8, outputs=12, height=10, width=14, kernel=3, stride=2, pad=1, groups=4)
        self.run_case(convolutions.make_case(layer, self.folder, batch=2), "cnnc", "cnnc_pixels")

    def test_sizes_left_open_and_fixed(self):
        self.run_case(models.make_case("lines", self.folder), "cnnc", "cnnc_fixed")

    def test_a_network_that_cnnc_cannot_compile_is_reported(self):
        compiler = self.folder / "cnnc"
        compiler.write_text(REFUSING)
        compiler.chmod(0o755)
        run = bench("lines", "--rounds", "1", "--peers", "onnxruntime", CNNC=str(compiler))
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("lines: cnnc cannot: lines.cnn:2:1: error: no such word\n", run.stdout)

    def test_unknown_names(self):
        for arguments, message in ((["resnet5O"], "no network 'resnet5O': did you mean resnet50? there are densenet121,"),
                                   (["--peers", "x"], "no peer 'x': there are ncnn, onnxruntime,"),
                                   (["--batch", "2", "lines"], "'lines' is a network: networks come before"),
                                   (["--rounds", "0"], "'0' is not a number above 0")):
            run = bench(*arguments)
            self.assertEqual(run.returncode, 2)
            self.assertIn(message, run.stderr)
            self.assertNotIn("Traceback", run.stderr)

    def test_a_report_that_is_not_there(self):
        run = bench("--from", self.folder / "none.json")
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stderr, "^error: .*none.json")


if __name__ == "__main__":
    unittest.main()
