"""Runs engines beside each other: a process each, outputs compared first, then turn by turn.

In each round every engine has one turn, so that what else the machine does hits all alike. A round before them is
not counted: engines that compile while they run are still at it then. Figures are ratios of the medians over the
rounds; those of the minima stand beside.
"""
import contextlib
import dataclasses
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from engine import REFERENCE, CannotRun

TOLERANCE = 1e-4  # of the largest output
PAUSE_SECONDS = 0.03  # threads may spin on for a while: nobody's turn begins before they sleep


class WrongOutput(Exception):
    """cnnc's output is not the reference's: nothing else counts then."""


class Process:
    """An engine's process (worker.py): asks it and waits for its answer."""

    def __init__(self, engine, case):
        self.messages = tempfile.TemporaryFile("w+")
        command = [sys.executable, Path(__file__).with_name("worker.py"), engine, json.dumps(dataclasses.asdict(case))]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.messages,
                                        text=True, env={**os.environ, **case.find_engine(engine).environment(case)})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(BrokenPipeError):  # A request that a dead process never read.
            self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.messages.close()

    def ask(self, request):
        try:
            self.process.stdin.write(request + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        answer = json.loads(line) if line else {"error": self.epitaph()}
        if "error" in answer:
            raise CannotRun(answer["error"])
        return answer

    def epitaph(self):
        """Why the process is gone: its status and the last that it said."""
        status = self.process.wait()
        self.messages.seek(0)
        said = self.messages.read().strip().splitlines()
        return f"its process ended with {status}" + (f": {said[-1]}" if said else "")


class Contest:
    """The engines of one case. Those that fall out are in `missing`, with the reason."""

    def __init__(self, case, engines):
        self.case = case
        self.results = {name: {} for name in sorted(engines, key=lambda name: name != REFERENCE)}
        self.processes, self.missing = {}, {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes.values():
            process.__exit__()

    def attempt(self, engine, step):
        """Does a step of an engine; if it fails, goes on without the engine."""
        try:
            step(engine)
        except CannotRun as error:
            reason = str(error).replace(self.case.folder + "/", "").strip() or "it does not say why"
            self.missing[engine] = reason.splitlines()[0]
            self.results.pop(engine)
            if engine in self.processes:
                self.processes.pop(engine).__exit__()

    def each(self, step):
        for engine in list(self.results):
            self.attempt(engine, step)

    def prepare(self, engine, prepared):
        """Once for all the cases that its work ahead of time serves; `prepared` remembers the facts."""
        found = self.case.find_engine(engine)
        found.version()  # Fails where it is not installed.
        key = (engine, self.case.network, self.case.batch if found.fixed_batch else None)
        if key not in prepared:
            with Process(engine, self.case) as process:
                prepared[key] = process.ask("prepare")["facts"]
        self.results[engine].update(prepared[key])

    def load(self, engine):
        self.processes[engine] = Process(engine, self.case)
        answer = self.processes[engine].ask("load")
        self.results[engine].update(answer["facts"], first_seconds=answer["first_seconds"], seconds=[])

    def compare(self, engine):
        expected, output = (np.load(self.case.output_of(name)) for name in (REFERENCE, engine))
        if output.shape != expected.shape:
            raise CannotRun(f"its output has the shape {output.shape}, not {expected.shape}")
        error = float(np.abs(output - expected).max() / np.abs(expected).max())
        self.results[engine]["error"] = error
        if error <= TOLERANCE:  # False for NaN, too.
            return
        message = f"differs from {REFERENCE} by {error:.1e} of the largest output"
        if engine.startswith("cnnc"):
            raise WrongOutput(f"{self.case.network}: {engine} {message}")
        raise CannotRun(message)

    def check_reference(self):
        if REFERENCE in self.missing:
            raise CannotRun(f"{self.case.network}: {REFERENCE} cannot: {self.missing[REFERENCE]}")

    def turn(self, engine):
        time.sleep(PAUSE_SECONDS)
        self.results[engine]["seconds"].append(self.processes[engine].ask("turn")["seconds"])

    def forget(self, engine):
        self.results[engine]["seconds"].clear()

    def finish(self, engine):
        result = self.results[engine]
        result.update(self.processes[engine].ask("finish"))
        seconds = result.pop("seconds")
        result["median_ms"], result["minimum_ms"] = 1e3 * statistics.median(seconds), 1e3 * min(seconds)


def measure(case, engines, rounds, prepared, contest_class=Contest):
    """All figures of a case, as plain data. `prepared` (a dict, empty at first) is shared by the cases of a network."""
    with contest_class(case, engines) as contest:
        contest.each(lambda engine: contest.prepare(engine, prepared))
        contest.each(contest.load)
        contest.check_reference()
        contest.each(contest.compare)
        contest.each(contest.turn)
        contest.each(contest.forget)
        for _ in range(rounds):
            contest.each(contest.turn)
        contest.each(contest.finish)
        return {"network": case.network, "batch": case.batch, "threads": case.threads, "isa": case.isa,
                "shape": case.shape, "rounds": rounds, "engines": contest.results, "missing": contest.missing,
                **ratios(contest.results)}


def ratios(results):
    """The fastest peer beside cnnc, above 1 where cnnc is faster; nothing where one of them is missing."""
    peers = [name for name in results if not name.startswith("cnnc")]
    if "cnnc" not in results or not peers:
        return {}
    fastest = min(peers, key=lambda name: results[name]["median_ms"])
    least = min(results[name]["minimum_ms"] for name in peers)
    return {"fastest_peer": fastest, "ratio": results[fastest]["median_ms"] / results["cnnc"]["median_ms"],
            "ratio_of_minima": least / results["cnnc"]["minimum_ms"]}
