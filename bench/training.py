"""Measures steps of training beside PyTorch: loss and gradients compared first, then turn by turn.

    ./dev bench --training                          all networks, one thread
    ./dev bench --training lenet unet --threads 1 2 --rounds 10 --out FOLDER

A step is forward, loss, backward and SGD with momentum. The figure is the fastest form of PyTorch by cnnc, above 1
where cnnc is faster; bench/README.md explains the rest.
"""
import argparse
import dataclasses
import datetime
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

import machine
import report as text
from bench import one_of, positive
from engine import CannotRun
from measure import Contest, WrongOutput, measure
from training_case import NETWORKS, gradients_file, make_case

FORMS = ["torch_eager", "torch_channels_last", "torch_compile"]

# Of a gradient's L2 norm. Where rounding puts the input of a relu, or the largest of a window, to the other side, the
# gradient jumps: forms of PyTorch differ by up to 1e-2 from each other and from double precision in ResNet-20.
TOLERANCE = 3e-2
NEGLIGIBLE = 1e-6  # of the largest norm of all: a smaller tensor's gradient is rounding


def largest_difference(gradients, expected):
    """(difference, name): the tensor that differs most, relative to its norm."""
    norms = {name: np.linalg.norm(values) for name, values in expected.items()}
    floor = NEGLIGIBLE * max(norms.values())
    differences = {name: float(np.linalg.norm(gradients[name] - expected[name]) / max(norms[name], floor))
                   for name in expected}
    worst = max(differences, key=lambda name: np.nan_to_num(differences[name], nan=np.inf))
    return differences[worst], worst


class TrainingContest(Contest):
    """The first form of PyTorch that runs is whom the others are compared with."""

    def check_reference(self):
        self.reference = next((name for name in FORMS if name in self.results), None)

    def compare(self, engine):
        if engine == self.reference or not self.reference:
            return
        expected, gradients = (dict(np.load(gradients_file(self.case, name))) for name in (self.reference, engine))
        if missing := expected.keys() - gradients.keys():
            raise CannotRun(f"it has no gradient of {min(missing)}")
        error, worst = largest_difference(gradients, expected)
        self.results[engine].update(error=error, worst=worst)
        if error <= TOLERANCE:  # False for NaN, too.
            return
        message = f"differs from {self.reference} by {error:.1e} of the norm of {worst}"
        if engine == "cnnc":
            raise WrongOutput(f"{self.case.network}: {engine} {message}")
        raise CannotRun(message)


def parse_arguments(arguments=None):
    parser = argparse.ArgumentParser(prog="./dev bench --training", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("networks", nargs="*", metavar="NETWORK", type=one_of(list(NETWORKS), "network"),
        help="default: all, " + " ".join(NETWORKS))
    add("--threads", nargs="+", type=positive, default=[1], metavar="N", help="numbers of threads; default: 1")
    add("--rounds", type=positive, default=20, metavar="N", help="turns of each engine; default: 20")
    add("--forms", nargs="*", choices=FORMS, default=FORMS, metavar="FORM",
        help="of PyTorch; default: all, " + " ".join(FORMS))
    add("--out", type=Path, metavar="FOLDER", help="where to write training.json and training.md")
    add("--date", default=datetime.date.today().isoformat(), help="that the report bears; default: today")
    return parser.parse_args(arguments)


def measure_network(network, options):
    with tempfile.TemporaryDirectory(prefix="cnnc-bench-") as folder:
        prepared, case = {}, make_case(network, folder)
        for threads in options.threads:
            result = measure(dataclasses.replace(case, threads=threads), ["cnnc", *options.forms], options.rounds,
                             prepared, TrainingContest)
            yield {"title": NETWORKS[network].title, "key": f"training_{network}", **result}


def progress_lines(result):
    yield from text.progress_lines(result)
    for name, figures in result["engines"].items():
        if "error" in figures:
            yield (f"{result['title']}: gradients of {name} differ by {figures['error']:.1e} at most, "
                   f"in {figures['worst']}")


def markdown(report):
    parts = [f"# Steps of training, measured {report['date']}\n", f"{text.machine_line(report)}.\n",
             f"{text.versions_line(report)}; {report['options']['rounds']} rounds, fp32.\n",
             "Medians; a ratio is the fastest form of PyTorch by cnnc, above 1 where cnnc is faster. The difference "
             "is cnnc's largest of a gradient, relative to the norm of the tensor.\n"]
    for threads in dict.fromkeys(result["threads"] for result in report["results"]):
        results = [{**r, "title": f"{r['title']}, batch {r['batch']}"} for r in report["results"]
                   if r["threads"] == threads]
        parts += [f"## {threads} thread{'s' if threads > 1 else ''}\n", text.times_table(results)]
    missing = dict.fromkeys(f"- {r['title']}: {name} cannot: {why}." for r in report["results"]
                            for name, why in r["missing"].items())
    return "\n".join([*parts, *missing, ""])


def measure_all(options):
    report = {"date": options.date, "machine": machine.describe(),
              "versions": machine.versions(["cnnc", *["torch"] * bool(options.forms)]),
              "options": {"rounds": options.rounds}, "results": []}
    print(text.machine_line(report), text.versions_line(report), sep="\n", flush=True)
    for network in options.networks or NETWORKS:
        for result in measure_network(network, options):
            report["results"].append(result)
            print(*progress_lines(result), sep="\n", flush=True)
            if options.out:  # Should it be interrupted, what was measured is there.
                write(report, options.out)
    return report


def write(report, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "training.json").write_text(json.dumps(report, indent=1) + "\n")
    (folder / "training.md").write_text(markdown(report))


def main():
    try:
        measure_all(parse_arguments())
    except (CannotRun, WrongOutput, OSError, ValueError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
