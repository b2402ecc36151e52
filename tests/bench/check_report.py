"""The parts of the benchmark, fed with numbers: who falls out and why, ratios, what is written."""
import importlib.util
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bench"))
import chart  # noqa: E402
import convolutions  # noqa: E402
import measure  # noqa: E402
import report  # noqa: E402
from engine import CannotRun, Case  # noqa: E402


def engine_result(median, minimum):
    return {"median_ms": median, "minimum_ms": minimum, "first_seconds": 0.5, "peak_bytes": 3e6, "error": 1e-6}


def sample_report():
    engines = {"onnxruntime": engine_result(6.0, 5.0), "ncnn": engine_result(3.0, 2.5),
               "cnnc": {**engine_result(2.0, 2.0), "compile_seconds": 1.5, "compile_bytes": 2e8,
                        "library_bytes": 1e6, "workspace_bytes": 64}}
    way = {"threads": 2, "missing": {"tvm": "too large"}}
    results = [{"title": "Small", "key": "small", "batch": 8, "engines": engines, **way, **measure.ratios(engines)},
               {"title": "Odd", "key": "odd", "batch": 8, "engines": {"onnxruntime": engine_result(1, 1)}, "threads": 2,
                "missing": {"cnnc": "no such op"}}]
    machine = {"cpu": "A CPU", "family": "1", "model": "2", "cores": 2, "caches": {"L2": "1M"}, "flags": ["fma"],
               "system": "Linux"}
    return {"date": "2001-02-03", "machine": machine, "versions": {"cnnc": "1", "onnxruntime": "2", "ncnn": "3"},
            "options": {"rounds": 2, "isa": "avx2"}, "results": results}


class FakeProcess:
    """Answers turns, notes their order, and falls over in a given one."""
    log = []

    def __init__(self, name, fails_in=None):
        self.name, self.left = name, fails_in

    def ask(self, request):
        self.log.append(self.name)
        if self.left is not None:
            self.left -= 1
            if self.left == 0:
                raise CannotRun("out of memory")
        return {"seconds": 1.0}

    def __exit__(self, *_):
        self.log.append(f"end of {self.name}")


class TestContest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.case = Case("net", [1, 3, 8, 8], "", "", "", folder.name)

    def contest(self, *engines):
        return measure.Contest(self.case, engines)

    def test_engines_take_turns_and_one_that_fails_falls_out(self):
        measure.PAUSE_SECONDS, FakeProcess.log = 0, []
        contest = self.contest("cnnc", "onnxruntime", "ncnn")
        for name, result in contest.results.items():
            result["seconds"] = []
            contest.processes[name] = FakeProcess(name, fails_in=2 if name == "ncnn" else None)
        for _ in range(3):
            contest.each(contest.turn)
        self.assertEqual(FakeProcess.log, ["onnxruntime", "cnnc", "ncnn"] * 2 + ["end of ncnn", "onnxruntime", "cnnc"])
        self.assertEqual(contest.missing, {"ncnn": "out of memory"})

    def compare(self, engine, output):
        np.save(self.case.output_of("onnxruntime"), np.array([1.0, -4.0], np.float32))
        np.save(self.case.output_of(engine), np.array(output, np.float32))
        contest = self.contest("onnxruntime", engine)
        contest.compare(engine)
        return contest.results[engine]["error"]

    def test_differences_are_of_the_largest_output(self):
        self.assertAlmostEqual(self.compare("cnnc", [1.0002, -4.0]), 5e-5, places=7)

    def test_a_peer_that_differs_falls_out(self):
        for output in ([1.1, -4.0], [np.nan, -4.0]):
            with self.assertRaisesRegex(CannotRun, "differs from onnxruntime by"):
                self.compare("ncnn", output)
        with self.assertRaisesRegex(CannotRun, "the shape"):
            self.compare("ncnn", [[1.0, -4.0]])

    def test_cnnc_that_differs_ends_it(self):
        with self.assertRaisesRegex(measure.WrongOutput, "net: cnnc differs"):
            self.compare("cnnc", [1.1, -4.0])

    def test_a_process_that_dies_says_how(self):
        with measure.Process("onnxruntime", self.case) as process:
            process.process.kill()
            with self.assertRaisesRegex(CannotRun, "ended with -9"):
                process.ask("load")


class TestReport(unittest.TestCase):
    def test_the_figure_is_of_the_fastest_peer(self):
        self.assertEqual(measure.ratios(sample_report()["results"][0]["engines"]),
                         {"fastest_peer": "ncnn", "ratio": 1.5, "ratio_of_minima": 1.25})
        self.assertEqual(measure.ratios({"onnxruntime": engine_result(1, 1)}), {})

    def test_progress(self):
        small, odd = ("\n".join(report.progress_lines(result)) for result in sample_report()["results"])
        self.assertIn("Small, batch 8, 2 threads: cnnc 2.0  ncnn 3.0  onnxruntime 6.0 ms; ratio 1.50 to ncnn", small)
        self.assertIn("result: small_b8_t2_ratio 1.500 x", small)
        self.assertIn("result: small_b8_t2_ratio_to_onnxruntime 3.000 x", small)
        self.assertIn("Odd: cnnc cannot: no such op", odd)
        self.assertNotIn("result:", odd)

    def test_markdown_has_figures_and_who_is_missing(self):
        text = report.markdown(sample_report())
        self.assertIn("| Small | 2.0 | 3.0 | 6.0 | ncnn | 1.50 | 1.25 | 1e-06 |", text)
        self.assertIn("| Odd | cannot | cannot | 1.0 |  |  |  |  |", text)
        self.assertIn("- Odd: cnnc cannot: no such op.", text)
        self.assertIn("- ncnn: has no switch for avx2", text)

    def test_fill(self):
        filled = report.fill(f"a\n{report.BEGIN}\nold\n{report.END}\nb\n", sample_report())
        self.assertTrue(filled.startswith("a\n") and filled.endswith("\nb\n"))
        self.assertIn("| **1.50** |", filled)
        self.assertIn("\nOdd: cnnc cannot: no such op.\n", filled)
        self.assertNotIn("old", filled)
        with self.assertRaisesRegex(ValueError, "no lines"):
            report.fill("no marks", sample_report())


class TestChart(unittest.TestCase):
    def test_it_is_drawn(self):
        if not importlib.util.find_spec("matplotlib"):
            print("SKIPPED: the chart: matplotlib is in .venv-bench only")
            self.skipTest("no matplotlib")
        with tempfile.TemporaryDirectory() as folder:
            svg, png = Path(folder) / "chart.svg", Path(folder) / "chart.png"
            chart.draw(sample_report(), svg, png)
            image = svg.read_text()
            for words in ("Small", "1.50", "3.00", "cnnc cannot", "A CPU, 2001-02-03", "prefers-color-scheme: dark"):
                self.assertIn(words, image)
            self.assertNotIn(chart.INK, image.replace(chart.THEME, ""))
            self.assertEqual(png.read_bytes()[:4], b"\x89PNG")


class TestConvolutions(unittest.TestCase):
    def test_distinct_ones_of_resnet50(self):
        found = convolutions.distinct("resnet50")
        self.assertEqual(sum(found.values()), 53)
        self.assertEqual(str(next(iter(found))), "7x7 /2 3>64 at 224x224")
        self.assertEqual(next(iter(found)).output_space(), [112, 112])


if __name__ == "__main__":
    unittest.main()
