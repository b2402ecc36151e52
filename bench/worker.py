"""The process of one engine: worker.py ENGINE CASE, where the case is JSON. measure.py starts it.

It reads a request a line and answers each with a line of JSON: {"error": WHY} or what was asked for.

    prepare   {"facts": {...}}          work ahead of time
    load      {"first_seconds": ..., "facts": {...}}   the engine loaded, run once, its output saved
    turn      {"seconds": ...}          of one run, the mean of a turn
    finish    {"peak_bytes": ...}       the most memory that the engine took
"""
import json
import os
import sys
import time

import numpy as np

from engine import Case

# A turn lasts at least so long: a network of microseconds runs often in it, a large one once.
TURN_SECONDS = 0.02


def resident(field):
    """Bytes of this process's memory by /proc: VmRSS now, VmHWM at most."""
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith(field))
    return int(line.split()[1]) * 1024


class Worker:
    def __init__(self, engine, case):
        self.case, self.engine = case, case.find_engine(engine)(case)
        self.output_file = case.output_of(engine)

    def prepare(self):
        return {"facts": self.engine.prepare()}

    def load(self):
        random = np.random.default_rng(0).standard_normal(self.case.shape, np.float32)
        image = random * np.float32(self.case.scale)
        self.before = resident("VmRSS")
        begin = time.perf_counter()
        self.run, facts = self.engine.load(image)
        output = self.run()
        seconds = time.perf_counter() - begin
        np.save(self.output_file, output)
        return {"first_seconds": seconds, "facts": facts}

    def turn(self):
        """One run that is not counted brings code and weights back into the caches, then the turn."""
        self.run()
        runs, begin = 0, time.perf_counter()
        while runs == 0 or time.perf_counter() - begin < TURN_SECONDS:
            self.run()
            runs += 1
        return {"seconds": (time.perf_counter() - begin) / runs}

    def finish(self):
        return {"peak_bytes": resident("VmHWM") - self.before}


def main():
    # Engines print as they please: what is written to stdout goes to stderr, and answers to a copy.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    worker = Worker(sys.argv[1], Case(**json.loads(sys.argv[2])))
    for request in sys.stdin:
        try:
            answer = getattr(worker, request.strip())()
        except Exception as error:  # Whatever an engine throws is its reason not to take part.
            answer = {"error": str(error) or type(error).__name__}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
